-- How long a statement takes: the median of some runs, in milliseconds.
CREATE FUNCTION pg_temp.milliseconds(statement text, runs integer DEFAULT 5) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	times double precision[] := '{}';
	start timestamptz;
BEGIN
	FOR i IN 1 .. runs LOOP
		start := clock_timestamp();
		EXECUTE statement;
		times := times || (1000 * extract(epoch FROM clock_timestamp() - start))::double precision;
	END LOOP;
	RETURN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t) FROM unnest(times) AS t);
END $$;
