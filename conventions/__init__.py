"""The ground floor: convention data, the six-language vocabulary, languages, texts and errors."""
