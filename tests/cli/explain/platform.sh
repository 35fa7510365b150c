# Values with their sources, unknown ones too; a list of names; a name that is meant.
lamina explain platform aws-lambda | grep -E '^(cpu.mb_per_vcpu|cpu.arm64_speed|price.usd_per_1000_puts) '
lamina explain platform aws-lambda --format csv | sed -n 1,3p
lamina explain platform | sed -n 1,2p
