cat > exp.yaml <<"EOF"
apiVersion: lamina/v1
name: known
platform: aws-lambda-2019
workload: {images: 1}
pipeline: {warm_sandboxes: 1}
functions: {f: {work: {wait_seconds: 1}}}
replications: {min: 2}
claim_defaults: {source: "by hand, 2020", unit: s, function: f, metric: duration_mean_seconds}
claims:
  - {mechanism: CPU share, quantity: one, measured: 0.8, spread: 0.05}
  - {mechanism: CPU share, quantity: two, measured: 0.5, kind: fitted}
  - {mechanism: billing, quantity: "three, exact", measured: 1}
EOF
lamina validate exp.yaml --format csv
