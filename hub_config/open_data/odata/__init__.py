"""OData 4.0, read only: the model, its description, questions and their answers."""
