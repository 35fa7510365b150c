# Every file that is no JPEG is named at once, and nothing is written.
base64 -d <"$ROOT/tests/cli/record/photo.base64" >good.jpg
head -c 300 good.jpg >cut.jpg
echo text >text.jpg
mkdir empty
fails 2 lamina record pack -o out good.jpg text.jpg cut.jpg
fails 1 lamina record pack -o out empty
[ ! -e out ]
