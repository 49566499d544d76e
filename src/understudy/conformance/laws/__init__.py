"""What no schema can say, as laws: each with a name, a sentence and the part of the document it comes from."""
