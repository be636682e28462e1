-- The baseline: an evaluator in PL/pgSQL over jsonb, with all that the documents of
-- the benchmarks hold: NotAction, NotResource, conditions, policy variables.
CREATE FUNCTION pg_temp.elements(value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE jsonb_build_array(value) END;
-- a glob as a LIKE pattern
CREATE FUNCTION pg_temp.glob_like(pattern text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(replace(replace(pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), '?', '_');
-- with policy variables replaced from the context; NULL where one has no value
CREATE FUNCTION pg_temp.substituted(value text, context jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	name text[];
	result text := value;
BEGIN
	FOR name IN SELECT regexp_matches(value, '\$\{([^}]+)\}', 'g') LOOP
		result := replace(result, '${' || name[1] || '}', CASE WHEN name[1] IN ('*', '?', '$') THEN name[1] ELSE context ->> lower(name[1]) END);
	END LOOP;
	RETURN result;
END $$;
-- one operator and key of a Condition element; the context's keys are in lower case
CREATE FUNCTION pg_temp.condition_holds(operator text, key text, wanted jsonb, context jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	base text := regexp_replace(regexp_replace(operator, '^For(AnyValue|AllValues):', ''), 'IfExists$', '');
	negated boolean := strpos(base, 'Not') > 0;
	given jsonb := context -> lower(key);
	item text;
	value text;
	one boolean;
	found boolean := false;
	every boolean := true;
BEGIN
	IF base = 'Null' THEN
		RETURN (SELECT bool_or((given IS NULL) = v::boolean) FROM jsonb_array_elements_text(pg_temp.elements(wanted)) AS v);
	END IF;
	IF given IS NULL THEN
		RETURN operator LIKE 'ForAllValues:%' OR operator LIKE '%IfExists' OR negated AND operator NOT LIKE 'ForAnyValue:%';
	END IF;
	base := replace(base, 'Not', '');
	FOR item IN SELECT jsonb_array_elements_text(pg_temp.elements(given)) LOOP
		one := false;
		FOR value IN SELECT jsonb_array_elements_text(pg_temp.elements(wanted)) LOOP
			IF strpos(value, '${') > 0 THEN
				value := pg_temp.substituted(value, context);
			END IF;
			one := CASE base
				WHEN 'StringEquals' THEN item = value
				WHEN 'StringEqualsIgnoreCase' THEN lower(item) = lower(value)
				WHEN 'StringLike' THEN item LIKE pg_temp.glob_like(value)
				WHEN 'ArnLike' THEN item LIKE pg_temp.glob_like(value)
				WHEN 'ArnEquals' THEN item LIKE pg_temp.glob_like(value)
				WHEN 'Bool' THEN lower(item) = lower(value)
				WHEN 'IpAddress' THEN item::inet <<= value::inet
				WHEN 'NumericEquals' THEN item::numeric = value::numeric
				WHEN 'NumericLessThan' THEN item::numeric < value::numeric
				WHEN 'NumericLessThanEquals' THEN item::numeric <= value::numeric
				WHEN 'NumericGreaterThan' THEN item::numeric > value::numeric
				WHEN 'NumericGreaterThanEquals' THEN item::numeric >= value::numeric
				WHEN 'DateEquals' THEN item::timestamptz = value::timestamptz
				WHEN 'DateLessThan' THEN item::timestamptz < value::timestamptz
				WHEN 'DateLessThanEquals' THEN item::timestamptz <= value::timestamptz
				WHEN 'DateGreaterThan' THEN item::timestamptz > value::timestamptz
				WHEN 'DateGreaterThanEquals' THEN item::timestamptz >= value::timestamptz
				ELSE false END;
			EXIT WHEN one;
		END LOOP;
		one := coalesce(one, false) <> negated;
		found := found OR one;
		every := every AND one;
	END LOOP;
	RETURN CASE WHEN operator LIKE 'ForAllValues:%' THEN every WHEN operator LIKE 'ForAnyValue:%' THEN found WHEN negated THEN every ELSE found END;
END $$;
-- what one document says: Deny, Allow or NULL; where something else allows already only a Deny matters
CREATE FUNCTION pg_temp.effect_jsonb(document jsonb, action text, resource text, context jsonb, allowed boolean DEFAULT false) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	statement jsonb;
	operator text;
	keys jsonb;
	key text;
	wanted jsonb;
	holds boolean;
	result text := CASE WHEN allowed THEN 'Allow' END;
	asked text := lower(action);
BEGIN
	FOR statement IN SELECT jsonb_array_elements(pg_temp.elements(document -> 'Statement')) LOOP
		CONTINUE WHEN result = 'Allow' AND statement ->> 'Effect' = 'Allow';
		CONTINUE WHEN EXISTS (
			SELECT FROM jsonb_array_elements_text(pg_temp.elements(coalesce(statement -> 'Action', statement -> 'NotAction'))) AS a
			WHERE asked LIKE pg_temp.glob_like(lower(a))) = (statement ? 'NotAction');
		CONTINUE WHEN EXISTS (
			SELECT FROM jsonb_array_elements_text(pg_temp.elements(coalesce(statement -> 'Resource', statement -> 'NotResource'))) AS r
			WHERE resource LIKE pg_temp.glob_like(CASE WHEN strpos(r, '${') > 0 THEN pg_temp.substituted(r, context) ELSE r END)) = (statement ? 'NotResource');
		holds := true;
		IF statement ? 'Condition' THEN
			FOR operator, keys IN SELECT * FROM jsonb_each(statement -> 'Condition') LOOP
				FOR key, wanted IN SELECT * FROM jsonb_each(keys) LOOP
					holds := pg_temp.condition_holds(operator, key, wanted, context);
					EXIT WHEN NOT holds;
				END LOOP;
				EXIT WHEN NOT holds;
			END LOOP;
		END IF;
		IF holds THEN
			result := statement ->> 'Effect';
			EXIT WHEN result = 'Deny';
		END IF;
	END LOOP;
	RETURN result;
END $$;
