# Who does less is no cheaper for it: points of different numbers of images are compared by the image.
cp "$ROOT"/tests/data/*.yaml .
sed -i '/^sweep/,$d' experiment.yaml
echo 'sweep: {matrix: {workload.images: [40, 400, 4000]}}' >>experiment.yaml
lamina report experiment.yaml -n 3 -o page.html
sed -n '/id="answer"/,/What would help/p' page.html | sed 's/<[^>]*>/ /g' | grep '[^ ]'
sed -n '/id="front"/,/<\/svg>/p' page.html | sed -n 's/.*class="title">\(.*\)<.*/\1/p'

# What costs nothing is compared by its time; no axis goes below 0.
lamina report "$ROOT/configs/paper/gpu.yaml" -n 2 --set workload.images=2000 --seed 1 -o free.html
! grep -E 'nan|inf<|class="tick">-' free.html
