/*
 * The assume graph at scale: its edges are computed once (WHO-1) and stored,
 * chains of any length are walks over them (WHO-3).
 */

/* The edges to all roles of some accounts, and of others: where a parallel worker is to be had it does one of the two. */
CREATE FUNCTION iam_assume_edges_of(first_accounts text[], second_accounts text[])
RETURNS TABLE (account_id text, target arn, source text, decision iam_decision, kind text, conditions jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000000 COST 1000000
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
SET parallel_setup_cost = 0	/* a worker is always worth it */
SET parallel_tuple_cost = 0
SET enable_parallel_append = on
AS $$
BEGIN
	IF second_accounts IS NULL THEN
		RETURN QUERY
			SELECT arn_account(s.role_arn), s.role_arn, s.principal, s.decision, s.kind, s.conditions
			FROM iam_assume_step(NULL, '{}', true, false, first_accounts) AS s;
	ELSE
		RETURN QUERY
			SELECT arn_account(s.role_arn), s.role_arn, s.principal, s.decision, s.kind, s.conditions
			FROM iam_assume_step(NULL, '{}', true, false, first_accounts) AS s
			UNION ALL
			SELECT arn_account(s.role_arn), s.role_arn, s.principal, s.decision, s.kind, s.conditions
			FROM iam_assume_step(NULL, '{}', true, false, second_accounts) AS s;
	END IF;
END $$;
COMMENT ON FUNCTION iam_assume_edges_of(text[], text[]) IS 'Who can assume the roles of some accounts, and of others, in one step: two halves of the work that a parallel worker can share';

CREATE FUNCTION iam_assume_edge_refresh(account_ids text[] DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
SET enable_nestloop = off	/* what is found and what is stored are joined whole, whatever their sizes are thought to be */
SET enable_mergejoin = off
AS $$
DECLARE
	/* roles of whole accounts; who may ask from any account is gathered for each batch anew, and a batch has to be held, some KB a role */
	v_most constant integer := 250000;
	v_least constant integer := 5000;	/* fewer are not worth a second process */
	v_bad text;
	v_accounts text[];
	v_first text[];
	v_second text[];
	v_step bigint;
	v_edges bigint := 0;
BEGIN
	SELECT a.id INTO v_bad FROM unnest(account_ids) AS a (id) WHERE (a.id ~ '^[0-9]{12}$') IS NOT TRUE LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'invalid account id "%"', left(coalesce(v_bad, 'NULL'), 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'An account id has 12 digits.';
	END IF;
	/* one refresh of an account at a time, always locked in the same order; others go on beside it */
	IF iam_assume_edge_refresh.account_ids IS NULL THEN
		LOCK TABLE iam_assume_edge IN SHARE ROW EXCLUSIVE MODE;
	ELSE
		PERFORM pg_advisory_xact_lock(hashtextextended('iam_assume_edge_refresh ' || a.id, 0))
		FROM (SELECT DISTINCT u.id FROM unnest(account_ids) AS u (id) ORDER BY 1) AS a;
	END IF;

	FOR v_accounts, v_first, v_second IN
		SELECT array_agg(n.account_id ORDER BY n.account_id), array_agg(n.account_id ORDER BY n.account_id) FILTER (WHERE n.n % 2 = 0),
			   array_agg(n.account_id ORDER BY n.account_id) FILTER (WHERE n.n % 2 = 1)
		FROM (SELECT a.account_id,
					 (sum(a.roles) OVER (ORDER BY a.account_id) - a.roles)::bigint / least(v_most, greatest(v_least, (sum(a.roles) OVER () + 1)::bigint / 2)) AS n
			  FROM (SELECT i.account_id, count(*) AS roles
					FROM iam_identity AS i
					WHERE i.kind = 'role' AND iam_assume_edge_refresh.account_ids IS NULL
					GROUP BY i.account_id
					UNION ALL
					/* there may be edges of roles that are gone */
					SELECT e.account_id, 0
					FROM (SELECT DISTINCT e.account_id FROM iam_assume_edge AS e WHERE iam_assume_edge_refresh.account_ids IS NULL) AS e
					WHERE NOT EXISTS (SELECT FROM iam_identity AS i WHERE i.account_id = e.account_id AND i.kind = 'role')
					UNION ALL
					SELECT u.id, (SELECT count(*) FROM iam_identity AS i WHERE i.account_id = u.id AND i.kind = 'role')
					FROM (SELECT DISTINCT u.id FROM unnest(iam_assume_edge_refresh.account_ids) AS u (id)) AS u) AS a) AS n
		GROUP BY n.n / 2
		ORDER BY n.n / 2
	LOOP
		IF NOT EXISTS (SELECT FROM iam_assume_edge AS e WHERE e.account_id = ANY (v_accounts)) THEN
			INSERT INTO iam_assume_edge (account_id, target, source, decision, kind, conditions)
			SELECT s.account_id, s.target, s.source, s.decision, s.kind, s.conditions
			FROM iam_assume_edges_of(v_first, v_second) AS s
			ORDER BY 1, 2, 3;	/* as the primary key has them */
			GET DIAGNOSTICS v_step = ROW_COUNT;
		ELSE
			/* what has not changed is not written again */
			WITH found AS MATERIALIZED (
				SELECT s.* FROM iam_assume_edges_of(v_first, v_second) AS s),
			gone AS (
				DELETE FROM iam_assume_edge AS e
				WHERE e.account_id = ANY (v_accounts)
					AND NOT EXISTS (SELECT FROM found AS f WHERE f.account_id = e.account_id AND f.target = e.target AND f.source = e.source)),
			put AS (
				INSERT INTO iam_assume_edge AS e (account_id, target, source, decision, kind, conditions)
				SELECT f.account_id, f.target, f.source, f.decision, f.kind, f.conditions
				FROM found AS f
				LEFT JOIN iam_assume_edge AS e
					ON e.account_id = f.account_id AND e.target = f.target AND e.source = f.source AND e.account_id = ANY (v_accounts)
				WHERE e.account_id IS NULL OR (e.decision, e.kind, e.conditions) IS DISTINCT FROM (f.decision, f.kind, f.conditions)
				ORDER BY 1, 2, 3
				ON CONFLICT (account_id, target, source) DO UPDATE
				SET decision = excluded.decision, kind = excluded.kind, conditions = excluded.conditions)
			SELECT count(*) INTO v_step FROM found;
		END IF;
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
