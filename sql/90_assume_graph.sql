/*
 * The assume graph at scale: its edges are computed once (WHO-1) and stored,
 * chains of any length are walks over them (WHO-3).
 */

CREATE FUNCTION iam_assume_edge_refresh(account_ids text[] DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
AS $$
DECLARE
	/* a step is one query over the roles of a batch: it has to hold all their candidates */
	v_batch constant integer := 50;
	v_bad text;
	v_roles arn[];
	v_step bigint;
	v_edges bigint := 0;
BEGIN
	SELECT a.id INTO v_bad FROM unnest(account_ids) AS a (id) WHERE (a.id ~ '^[0-9]{12}$') IS NOT TRUE LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'invalid account id "%"', left(coalesce(v_bad, 'NULL'), 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'An account id has 12 digits.';
	END IF;

	DELETE FROM iam_assume_edge AS e
	WHERE (iam_assume_edge_refresh.account_ids IS NULL OR e.account_id = ANY (iam_assume_edge_refresh.account_ids))
		AND NOT EXISTS (SELECT FROM iam_identity AS i
						WHERE i.account_id = e.account_id AND i.arn = e.target AND i.kind = 'role');

	FOR v_roles IN
		SELECT array_agg(r.arn ORDER BY r.n)
		FROM (SELECT i.arn, row_number() OVER (ORDER BY i.account_id, i.arn) - 1 AS n
			  FROM iam_identity AS i
			  WHERE i.kind = 'role' AND i.account_id = arn_account(i.arn)
				  AND (iam_assume_edge_refresh.account_ids IS NULL OR i.account_id = ANY (iam_assume_edge_refresh.account_ids))) AS r
		GROUP BY r.n / v_batch
		ORDER BY r.n / v_batch
	LOOP
		/* what has not changed is not written again */
		WITH found AS MATERIALIZED (
			SELECT arn_account(s.role_arn) AS account_id, s.role_arn AS target, s.principal AS source,
				   s.decision, s.kind, s.conditions
			FROM iam_assume_step(v_roles, '{}', true, false) AS s),
		gone AS (
			DELETE FROM iam_assume_edge AS e
			USING unnest(v_roles) AS r (arn)
			WHERE e.account_id = arn_account(r.arn) AND e.target = r.arn
				/* NOT IN is hashed whatever the planner thinks of a step's size; there are no NULLs */
				AND (e.target, e.source) NOT IN (SELECT f.target, f.source FROM found AS f)),
		put AS (
			INSERT INTO iam_assume_edge AS e (account_id, target, source, decision, kind, conditions)
			SELECT f.account_id, f.target, f.source, f.decision, f.kind, f.conditions
			FROM found AS f
			ON CONFLICT (account_id, target, source) DO UPDATE
			SET decision = excluded.decision, kind = excluded.kind, conditions = excluded.conditions
			WHERE (e.decision, e.kind, e.conditions) IS DISTINCT FROM (excluded.decision, excluded.kind, excluded.conditions))
		SELECT count(*) INTO v_step FROM found;
		v_edges := v_edges + v_step;
	END LOOP;
	RETURN v_edges;
END $$;
COMMENT ON FUNCTION iam_assume_edge_refresh(text[]) IS 'Computes who can assume the roles of some accounts, or of all, into iam_assume_edge; the number of their edges';
REVOKE EXECUTE ON FUNCTION iam_assume_edge_refresh(text[]) FROM PUBLIC;

CREATE FUNCTION iam_assume_closure(targets arn[], max_hops integer DEFAULT NULL, include_conditional boolean DEFAULT true)
RETURNS TABLE (target arn, source text, hops integer, next arn, conditional boolean)
LANGUAGE c STABLE PARALLEL SAFE ROWS 10000 COST 1000000	/* not STRICT: max_hops may be NULL */
SET jit = off
AS 'MODULE_PATHNAME', 'iam_assume_closure';
COMMENT ON FUNCTION iam_assume_closure(arn[], integer, boolean) IS 'Everybody who reaches some roles through the edges of iam_assume_edge: the fewest hops, the next role on such a path, and whether every such path has a conditional step';
