cat > tiny.yaml <<'MODEL'
name: tiny
input: {channels: 1, height: 6, width: 6}
layers:
  - {name: conv1, kind: conv, filters: 2, kernel: [3, 3]}
  - {name: relu1, kind: relu}
  - {name: fc1, kind: fc, outputs: 3}
functions:
  front: {layers: [conv1, relu1]}
  back: {layers: [fc1]}
MODEL
lamina profile tiny.yaml --images 2,1,2 --threads 1,2 -o measured.yaml &&
	lamina profile show --format csv measured.yaml | cut -d , -f 1-5 &&
	lamina profile tiny.yaml --images 1 --threads 1 --functions back | grep -c -e 'function: back' -e 'name: front'
ls
