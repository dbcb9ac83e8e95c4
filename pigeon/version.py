"""Which release this is: written here, and told by documents, metrics and logs."""

VERSION = "0.1.0"
