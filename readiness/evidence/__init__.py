"""Evidence packs: what is in them, how they are written and signed, and how they are verified."""
