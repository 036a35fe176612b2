"""What users do, as results: from small frames of counts to shares, intervals and findings."""
