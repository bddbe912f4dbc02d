-- The whole records as text, for what keeping them takes.
CREATE TABLE records AS
SELECT unnest(Records)::VARCHAR AS record
FROM read_json('{files}', format = 'newline_delimited', maximum_object_size = 268435456, columns = {Records: 'JSON[]'})
