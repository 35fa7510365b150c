# What a kind of platform needs, and what makes no sense for it.
printf 'apiVersion: lamina/v1\nname: x\nplatform: p.yaml\nworkload: {images: 1}\n' > exp.yaml
printf 'apiVersion: lamina/v1\nname: p\nkind: machine\nprice: {}\nmemory: {min_mb: 1, max_mb: 2, step_mb: 1}\n' > p.yaml
fails 2 lamina check exp.yaml
printf 'apiVersion: lamina/v1\nname: p\nkind: functions\nprice: {}\n' > p.yaml
fails 2 lamina check exp.yaml
