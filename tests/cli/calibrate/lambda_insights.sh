# Performance events of Lambda Insights tell size and duration under names of their own.
cat > events.log <<'END'
{"event_type":"performance","function_name":"resize","cpu_total_time":400,"init_duration":506,"duration":812,"billed_duration":1320,"total_memory":512,"used_memory_max":141}
{"event_type":"performance","function_name":"resize","cpu_total_time":380,"duration":402,"billed_duration":403,"total_memory":1024,"used_memory_max":141}
END
lamina calibrate events.log
