"""What can be known of the layer without the other layers: each module is one check."""
