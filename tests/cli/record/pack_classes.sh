# Folders in a folder are classes; a set of records is numbered as TensorFlow does.
photo() { base64 -d <"$ROOT/tests/cli/record/photo.base64" >"$1"; }
mkdir -p photos/cat photos/ant
photo photos/cat/1.jpg
photo photos/cat/2.JPEG
photo photos/ant/1.jpg
echo text >photos/cat/notes.txt
lamina record pack -o set --format tfrecord --images-per-record 2 photos
lamina record show --images set-*
