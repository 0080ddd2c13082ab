"""The exchange: hands out released notebooks, stores what is handed in, and gives signed receipts."""
