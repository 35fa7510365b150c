printf 'apiVersion: lamina/v1\nname: "cut' > cut.yaml
printf 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n' > bomb.yaml
printf 'workload: {images: 3\nname: x\n' > open.yaml
printf -- '- a\n- b\n' > list.yaml
: > empty.yaml
head -c 5000000 /dev/zero | tr '\0' ' ' > large.yaml
lamina check cut.yaml bomb.yaml open.yaml list.yaml empty.yaml large.yaml
