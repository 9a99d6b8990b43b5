"""Revenue as servers, files and Stripe tell it: read, checked, and recorded by keyed hashes."""
