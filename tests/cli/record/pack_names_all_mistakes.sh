# Every file that is no JPEG is named at once, and nothing is written.
base64 -d <"$ROOT/tests/cli/record/photo.base64" >good.jpg
head -c 300 good.jpg >cut.jpg
echo text >text.jpg
mkdir empty
lamina record pack -o out good.jpg text.jpg cut.jpg
status=$?
lamina record pack -o out empty
ls | grep out
exit $status
