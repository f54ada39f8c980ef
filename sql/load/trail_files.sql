-- Notes which log files a batch was read from, `batch_files`.
select * from batch_files
