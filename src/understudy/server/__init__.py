"""From a request to a handler and back: routing by Connexion, reading, checking, answering."""
