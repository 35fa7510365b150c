# The crossing of the paper's Fig. 5, as `lamina paper` has it: with the two numbers that are fitted to Fig. 4.
lamina fit $ROOT/configs/paper/fit.yaml -o fitted.yaml >fit.txt
lamina compare $ROOT/configs/paper/fig5.yaml --with fitted.yaml --stated --quick \
	--platforms aws-lambda-2019,titan-x-pascal-host | grep 'jobs at once'
