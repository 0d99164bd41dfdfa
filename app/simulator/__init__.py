"""A contact centre on a virtual clock: real dispatcher, real wait estimate, synthetic people."""
