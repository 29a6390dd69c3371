"""What a call costs: the gateway compared with a bare relay and with other gateways."""
