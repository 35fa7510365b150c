sed '/^claim/,$d' $ROOT/configs/validation/billing.yaml > no_claims.yaml
sed 's/^claim_defaults:/claim_default:/' $ROOT/configs/validation/billing.yaml > misspelt.yaml
sed 's/metric: billed_mean_seconds/metric: billed_seconds/' $ROOT/configs/validation/billing.yaml > metric.yaml
lamina validate no_claims.yaml misspelt.yaml metric.yaml
