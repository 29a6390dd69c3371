"""What a call costs: the gateway beside a bare relay and beside other gateways."""
