"""What came in, decided and written down once: the ledger, the conversations, the receiving."""
