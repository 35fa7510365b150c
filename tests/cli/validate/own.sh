# Every experiment that comes with the program is accepted, and there are at least 60 rows with a source.
lamina check $ROOT/configs/validation/*.yaml > /dev/null
cat $ROOT/configs/validation/*.yaml | grep -c '{.*quantity:.*measured:' | awk '{print ($1 >= 60 ? "enough rows" : "too few")}'
grep -L '^# .*' $ROOT/configs/validation/*.yaml
