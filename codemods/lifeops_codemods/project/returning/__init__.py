"""Which schema an endpoint is proven to answer with, by what its functions make and not by what they announce."""
