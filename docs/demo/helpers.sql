-- How the answers of the demo are shown.  Read by demo.sql and questions.sql.
\set QUIET on
\pset footer off
\pset border 1
\pset null ''
\pset format wrapped
\pset columns 110
SET client_min_messages = warning;

-- arn:aws:iam::222222222222:role/x  ->  222222222222 role/x
CREATE OR REPLACE FUNCTION pg_temp.short(arn text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN regexp_replace(arn, '^arn:aws[a-z-]*:(iam|sts)::([0-9]{12}):', '\2 ');

-- The conditions of a verdict as a sentence.
CREATE OR REPLACE FUNCTION pg_temp.needs(tree jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	v_all text;
BEGIN
	IF tree IS NULL OR jsonb_typeof(tree) <> 'object' THEN
		RETURN NULL;
	END IF;
	IF tree ? 'all' THEN
		SELECT string_agg(pg_temp.needs(part), ' and ') INTO v_all FROM jsonb_array_elements(tree -> 'all') AS part;
		RETURN v_all;
	END IF;
	IF tree ? 'any' THEN
		SELECT '(' || string_agg(pg_temp.needs(part), ' or ') || ')' INTO v_all FROM jsonb_array_elements(tree -> 'any') AS part;
		RETURN v_all;
	END IF;
	IF tree ? 'not' THEN
		RETURN 'not ' || pg_temp.needs(tree -> 'not');
	END IF;
	IF tree ? 'key' THEN
		SELECT string_agg(value, ' or ') INTO v_all FROM jsonb_array_elements_text(tree -> 'values') AS value;
		RETURN concat_ws(' ', tree ->> 'key', tree ->> 'operator', v_all);
	END IF;
	RETURN (SELECT string_agg(key || ' ' || value, ', ') FROM jsonb_each_text(tree));
END $$;
