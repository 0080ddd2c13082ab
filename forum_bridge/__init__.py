"""Human capital: links what people learn to what they say, on Discourse or the embedded forum."""
