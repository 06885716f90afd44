"""What a compressor of skills is measured with: made skills, an independent judge, and rivals."""
