/*
 * Importing the credential report, service last accessed details, identity
 * providers and VPC endpoints.
 */

/* The records of a comma-separated text, with quoted fields; no field spans lines. */
CREATE FUNCTION iam_import_csv(csv text) RETURNS TABLE (line bigint, fields text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	SELECT l.n, ARRAY(
		SELECT CASE WHEN f.part[1] LIKE '"%' THEN replace(substr(f.part[1], 2, length(f.part[1]) - 2), '""', '"') ELSE f.part[1] END
		FROM regexp_matches(',' || l.text, ',("(?:[^"]|"")*"|[^,]*)', 'g') WITH ORDINALITY AS f (part, n)
		ORDER BY f.n)
	FROM regexp_split_to_table(regexp_replace(csv, '^\uFEFF', ''), '\r?\n') WITH ORDINALITY AS l (text, n)
	WHERE btrim(l.text) <> '';
END;
COMMENT ON FUNCTION iam_import_csv(text) IS 'Internal to iam_import: the records of a comma-separated text';

/* The text of a credential report, from the API's answer or as it is; NULL where it is none. */
CREATE FUNCTION iam_import_report_text(page json) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE	/* not parallel safe: an exception block */
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	v_text text;
BEGIN
	v_text := CASE json_typeof(page)
		WHEN 'string' THEN page #>> '{}'
		WHEN 'object' THEN CASE json_typeof(page -> 'Content') WHEN 'string' THEN page ->> 'Content' END END;
	IF json_typeof(page) = 'object' AND strpos(v_text, ',') = 0 THEN
		v_text := convert_from(decode(v_text, 'base64'), 'UTF8');
	END IF;
	RETURN CASE WHEN (SELECT h.fields @> ARRAY['user', 'arn'] FROM iam_import_csv(rtrim(split_part(v_text, E'\n', 1), E'\r')) AS h LIMIT 1)
				THEN v_text END;
EXCEPTION WHEN data_exception OR untranslatable_character THEN
	RETURN NULL;
END $$;
COMMENT ON FUNCTION iam_import_report_text(json) IS 'Internal to iam_import: the text of a credential report, NULL where it is none';

/*
 * What the report says of a user's credentials, one row each.  It tells of a key
 * that was never there no more than of one without a date, so of keys and
 * certificates only those are taken that are active or have one; a password and an
 * MFA device have a row for every user, since "there is none" matters.  Older
 * reports do not tell whether the root user has a password: it has.
 */
CREATE FUNCTION iam_import_report_credentials(record json)
RETURNS TABLE (kind text, identifier text, active boolean, rotated_at json, expires_at json, last_used_at json,
			   last_used_service text, last_used_region text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 6
BEGIN ATOMIC
	SELECT c.kind, c.number, coalesce(c.active = 'true' OR c.active = 'not_supported', false), d.rotated, d.expires, d.used,
		   CASE WHEN c.service NOT IN ('N/A', 'no_information', '') THEN c.service END,
		   CASE WHEN c.region NOT IN ('N/A', 'no_information', '') THEN c.region END
	FROM (VALUES
		('password', '', record ->> 'password_enabled', record -> 'password_last_changed', record -> 'password_next_rotation',
		 record -> 'password_last_used', NULL, NULL),
		('mfa_device', '1', record ->> 'mfa_active', NULL, NULL, NULL, NULL, NULL),
		('access_key', '1', record ->> 'access_key_1_active', record -> 'access_key_1_last_rotated', NULL,
		 record -> 'access_key_1_last_used_date', record ->> 'access_key_1_last_used_service', record ->> 'access_key_1_last_used_region'),
		('access_key', '2', record ->> 'access_key_2_active', record -> 'access_key_2_last_rotated', NULL,
		 record -> 'access_key_2_last_used_date', record ->> 'access_key_2_last_used_service', record ->> 'access_key_2_last_used_region'),
		('signing_certificate', '1', record ->> 'cert_1_active', record -> 'cert_1_last_rotated', NULL, NULL, NULL, NULL),
		('signing_certificate', '2', record ->> 'cert_2_active', record -> 'cert_2_last_rotated', NULL, NULL, NULL, NULL))
		AS c (kind, number, active, rotated, expires, used, service, region)
	CROSS JOIN LATERAL (SELECT
		CASE WHEN c.rotated #>> '{}' NOT IN ('N/A', 'no_information', 'not_supported', '') THEN c.rotated END,
		CASE WHEN c.expires #>> '{}' NOT IN ('N/A', 'no_information', 'not_supported', '') THEN c.expires END,
		CASE WHEN c.used #>> '{}' NOT IN ('N/A', 'no_information', 'not_supported', '') THEN c.used END) AS d (rotated, expires, used)
	WHERE c.active IN ('true', 'false', 'not_supported')
		AND (c.kind IN ('password', 'mfa_device') OR c.active = 'true' OR d.rotated IS NOT NULL);
END;
COMMENT ON FUNCTION iam_import_report_credentials(json) IS 'Internal to iam_import: the credentials of one record of a credential report';

CREATE FUNCTION iam_import_credential_report(pages json[], prefixes text[], account_id text, replace boolean)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_arn_form constant text := '^arn:[a-z0-9-]+:iam::[0-9]{12}:(root|user/[^*?[:space:][:cntrl:]]+)$';
	v_records json[];
	v_paths text[];
	v_accounts text[];
	v_problems iam_import_reading[];
	v_bad record;
BEGIN
	SELECT p.prefix INTO v_bad
	FROM unnest(pages, prefixes) WITH ORDINALITY AS p (page, prefix, n)
	WHERE iam_import_report_text(p.page) IS NULL
	ORDER BY p.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse('the document is not a credential report that iam_import can read', v_bad.prefix,
								  'expected comma-separated text, or its base64, whose first line has "user" and "arn"',
								  'Give the answer of get-credential-report, or its decoded Content as a JSON string.');
	END IF;

	/* by the names in the first line: newer reports have more columns */
	SELECT coalesce(array_agg(r.record ORDER BY p.n, c.line), '{}'), coalesce(array_agg(format('%s:%s', p.prefix, c.line) ORDER BY p.n, c.line), '{}')
	INTO v_records, v_paths
	FROM unnest(pages, prefixes) WITH ORDINALITY AS p (page, prefix, n)
	CROSS JOIN LATERAL (SELECT iam_import_report_text(p.page)) AS t (report)
	CROSS JOIN LATERAL (SELECT h.fields FROM iam_import_csv(rtrim(split_part(t.report, E'\n', 1), E'\r')) AS h LIMIT 1) AS h
	CROSS JOIN LATERAL iam_import_csv(t.report) AS c
	CROSS JOIN LATERAL (
		SELECT json_object(h.fields[1:w.width], c.fields[1:w.width])
		FROM (SELECT least(cardinality(h.fields), cardinality(c.fields))) AS w (width)) AS r (record)
	WHERE c.line > 1;

	SELECT array_agg(a.account ORDER BY a.n) INTO v_accounts
	FROM (SELECT substring(r.record ->> 'arn' FROM '^arn:[^:]*:iam::([0-9]{12}):'), min(r.n)
		  FROM unnest(v_records) WITH ORDINALITY AS r (record, n)
		  WHERE r.record ->> 'arn' ~ v_arn_form GROUP BY 1) AS a (account, n);
	IF iam_import_credential_report.account_id <> ALL (v_accounts) THEN
		RAISE EXCEPTION 'the export is not of account %', iam_import_credential_report.account_id
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = format('The ARNs in it are of account %s.', v_accounts[1]),
				  HINT = 'Leave account_id out: the ARNs tell.';
	END IF;
	v_accounts := coalesce(v_accounts, ARRAY[iam_import_credential_report.account_id]);
	PERFORM pg_advisory_xact_lock(hashtextextended('iam_import ' || a.account, 0))
	FROM (SELECT unnest(v_accounts) AS account ORDER BY 1) AS a
	WHERE a.account IS NOT NULL;

	SELECT array_agg(x.reading) INTO v_problems
	FROM (SELECT ROW('credential', left(coalesce(r.record ->> 'arn', r.record ->> 'user', ''), 200), '', r.path, NULL,
					 'the record has no ARN of a user', r.record::text)::iam_import_reading
		  FROM unnest(v_records, v_paths) AS r (record, path)
		  WHERE coalesce(r.record ->> 'arn', '') !~ v_arn_form
		  UNION ALL
		  SELECT b
		  FROM unnest(v_records, v_paths) AS r (record, path)
		  CROSS JOIN LATERAL iam_import_report_credentials(r.record) AS c
		  CROSS JOIN LATERAL (VALUES (c.rotated_at), (c.expires_at), (c.last_used_at)) AS d (value)
		  CROSS JOIN LATERAL iam_import_bad_date('credential', r.record ->> 'arn', btrim(c.kind || ' ' || c.identifier), r.path, d.value) AS b
		  WHERE r.record ->> 'arn' ~ v_arn_form) AS x (reading);

	/* a report lists all users: one that is not in it is gone, of one that is the numbered credentials are told anew */
	removed := 0;
	IF iam_import_credential_report.replace IS DISTINCT FROM false THEN
		DELETE FROM iam_credential AS t
		WHERE t.account_id = ANY (v_accounts)
			AND NOT EXISTS (SELECT FROM unnest(v_records) AS r (record)
							CROSS JOIN LATERAL iam_import_report_credentials(r.record) AS c
							WHERE r.record ->> 'arn' = t.user_arn::text AND c.kind = t.kind AND c.identifier = t.identifier)
			AND (t.identifier IN ('', '1', '2')
				 OR NOT EXISTS (SELECT FROM unnest(v_records) AS r (record) WHERE r.record ->> 'arn' = t.user_arn::text));
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	INSERT INTO iam_account (account_id) SELECT a FROM unnest(v_accounts) AS a WHERE a IS NOT NULL
	ON CONFLICT (account_id) DO NOTHING;
	INSERT INTO iam_credential AS t (account_id, user_arn, kind, identifier, active, rotated_at, expires_at, last_used_at,
									 last_used_service, last_used_region)
	SELECT DISTINCT ON (a.arn, c.kind, c.identifier)
		   arn_account(a.arn), a.arn, c.kind, c.identifier, c.active, iam_import_timestamp(c.rotated_at), iam_import_timestamp(c.expires_at),
		   iam_import_timestamp(c.last_used_at), c.last_used_service, c.last_used_region
	FROM unnest(v_records) WITH ORDINALITY AS r (record, n)
	CROSS JOIN LATERAL (SELECT CASE WHEN r.record ->> 'arn' ~ v_arn_form THEN (r.record ->> 'arn')::arn END) AS a (arn)
	CROSS JOIN LATERAL iam_import_report_credentials(r.record) AS c
	WHERE a.arn IS NOT NULL
	ORDER BY a.arn, c.kind, c.identifier, r.n DESC
	ON CONFLICT (account_id, user_arn, kind, identifier) DO UPDATE
	SET active = excluded.active, rotated_at = excluded.rotated_at, expires_at = excluded.expires_at,
		last_used_at = excluded.last_used_at, last_used_service = excluded.last_used_service,
		last_used_region = excluded.last_used_region
	WHERE t IS DISTINCT FROM excluded;
	SELECT count(DISTINCT (r.record ->> 'arn', c.kind, c.identifier)) INTO imported
	FROM unnest(v_records) AS r (record)
	CROSS JOIN LATERAL iam_import_report_credentials(r.record) AS c
	WHERE r.record ->> 'arn' ~ v_arn_form;

	DELETE FROM iam_import_problem AS t
	WHERE t.account_id = ANY (v_accounts || ''::text) AND t.list = 'CredentialReport';
	PERFORM iam_import_record(coalesce(v_accounts[1], ''), 'CredentialReport', v_problems);
	object_kind := 'credential';
	problems := coalesce(cardinality(v_problems), 0);
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION iam_import_credential_report(json[], text[], text, boolean) IS 'Internal to iam_import: imports a credential report';

CREATE FUNCTION iam_import_last_accessed(pages json[], prefixes text[], account_id text, resource text, replace boolean)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_items json[];
	v_paths text[];
	v_account text;
	v_problems iam_import_reading[];
	v_bad record;
BEGIN
	SELECT p.prefix, left(p.page ->> 'JobStatus', 32) AS status INTO v_bad
	FROM unnest(pages, prefixes) WITH ORDINALITY AS p (page, prefix, n)
	WHERE p.page ->> 'JobStatus' <> 'COMPLETED'
	ORDER BY p.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse('the job has no result', v_bad.prefix || '.JobStatus', format('the status is %s', v_bad.status),
								  'Ask again once the job is COMPLETED.');
	END IF;
	IF iam_import_last_accessed.resource IS NULL THEN
		PERFORM iam_import_refuse('the answer does not say whom it is about', prefixes[1], 'there is no ARN in it',
			'Name the user, group, role or policy: iam_import(document, resource => ''arn:aws:iam::111122223333:role/name'').');
	END IF;
	IF iam_import_last_accessed.resource !~ '^arn:[a-z0-9-]+:iam::(aws|[0-9]{12}):(user|group|role|policy)/[^*?[:space:][:cntrl:]]+$' THEN
		RAISE EXCEPTION 'invalid resource "%"', left(iam_import_last_accessed.resource, 64)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the ARN of the user, group, role or policy that was asked about.';
	END IF;
	v_account := coalesce(iam_import_arn_account(iam_import_last_accessed.resource), iam_import_last_accessed.account_id);
	IF v_account IS NULL THEN
		RAISE EXCEPTION 'the export does not say which account it belongs to'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'The policy is AWS''s.',
				  HINT = 'Name the account: iam_import(document, account_id => ''111122223333'').';
	END IF;
	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'ServicesLastAccessed', 'ServiceNamespace') AS c;

	INSERT INTO iam_account (account_id) VALUES (v_account) ON CONFLICT (account_id) DO NOTHING;
	removed := 0;
	IF replace THEN
		DELETE FROM iam_service_last_accessed AS t
		WHERE t.account_id = v_account AND t.identity_arn = iam_import_last_accessed.resource::arn
			AND NOT EXISTS (SELECT FROM unnest(v_items) AS i (item) WHERE i.item ->> 'ServiceNamespace' = t.service);
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	INSERT INTO iam_service_last_accessed AS t (account_id, identity_arn, service, action, last_accessed_at, last_accessed_by,
												last_accessed_region)
	SELECT DISTINCT ON (l.service, l.action)
		   v_account, iam_import_last_accessed.resource::arn, l.service, l.action, iam_import_timestamp(l.at), l.by, l.region
	FROM (SELECT i.item ->> 'ServiceNamespace', '', i.item -> 'LastAuthenticated', i.item ->> 'LastAuthenticatedEntity',
				 i.item ->> 'LastAuthenticatedRegion', 0::bigint
		  FROM unnest(v_items) AS i (item)
		  UNION ALL
		  SELECT i.item ->> 'ServiceNamespace', a.value ->> 'ActionName', a.value -> 'LastAccessedTime', a.value ->> 'LastAccessedEntity',
				 a.value ->> 'LastAccessedRegion', a.ordinal + 1
		  FROM unnest(v_items) AS i (item)
		  CROSS JOIN LATERAL iam_import_elements(i.item -> 'TrackedActionsLastAccessed') AS a) AS l (service, action, at, by, region, n)
	ORDER BY l.service, l.action, l.n DESC
	ON CONFLICT (account_id, identity_arn, service, action) DO UPDATE
	SET last_accessed_at = excluded.last_accessed_at, last_accessed_by = excluded.last_accessed_by,
		last_accessed_region = excluded.last_accessed_region;
	GET DIAGNOSTICS imported = ROW_COUNT;

	SELECT array_agg(x.reading) INTO v_problems
	FROM (SELECT b
		  FROM unnest(v_items, v_paths) AS i (item, path)
		  CROSS JOIN LATERAL iam_import_bad_date('service_last_accessed', iam_import_last_accessed.resource, i.item ->> 'ServiceNamespace',
												 i.path || '.LastAuthenticated', i.item -> 'LastAuthenticated') AS b
		  UNION ALL
		  SELECT b
		  FROM unnest(v_items, v_paths) AS i (item, path)
		  CROSS JOIN LATERAL iam_import_elements(i.item -> 'TrackedActionsLastAccessed') AS a
		  CROSS JOIN LATERAL iam_import_bad_date('service_last_accessed', iam_import_last_accessed.resource, i.item ->> 'ServiceNamespace',
				format('%s.TrackedActionsLastAccessed[%s].LastAccessedTime', i.path, a.ordinal), a.value -> 'LastAccessedTime') AS b)
		AS x (reading);
	DELETE FROM iam_import_problem AS t
	WHERE t.account_id = v_account AND t.list = 'ServicesLastAccessed' AND t.object_arn = iam_import_last_accessed.resource;
	PERFORM iam_import_record(v_account, 'ServicesLastAccessed', v_problems);
	object_kind := 'service_last_accessed';
	problems := coalesce(cardinality(v_problems), 0);
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION iam_import_last_accessed(json[], text[], text, text, boolean) IS 'Internal to iam_import: imports service last accessed details';

/* The forms IdentityProviders and VpcEndpoints; describe-vpc-endpoints has the account in OwnerId. */
CREATE FUNCTION iam_import_account_lists(pages json[], prefixes text[], account_id text, replace boolean)
RETURNS TABLE (object_kind text, imported bigint, removed bigint, problems bigint)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	v_items json[];
	v_paths text[];
	v_accounts text[];
	v_readings iam_import_reading[];
	v_bad record;
BEGIN
	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'IdentityProviders', 'Arn') AS c;
	removed := 0;
	IF replace AND cardinality(v_items) > 0 THEN
		DELETE FROM iam_identity_provider AS t
		WHERE t.account_id IN (SELECT iam_import_arn_account(i.item ->> 'Arn') FROM unnest(v_items) AS i (item))
			AND NOT EXISTS (SELECT FROM unnest(v_items) AS i (item) WHERE i.item ->> 'Arn' = t.arn::text);
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	INSERT INTO iam_account (account_id) SELECT DISTINCT iam_import_arn_account(i.item ->> 'Arn') FROM unnest(v_items) AS i (item)
	ON CONFLICT (account_id) DO NOTHING;
	INSERT INTO iam_identity_provider AS t (account_id, arn, kind, url, client_ids, created_at)
	SELECT iam_import_arn_account(x."Arn"), x."Arn"::arn, f.form[1],
		   CASE f.form[1] WHEN 'oidc' THEN regexp_replace(coalesce(x."Url", f.form[2]), '^https://', '') END,
		   CASE json_typeof(x."ClientIds") WHEN 'array'
				THEN ARRAY(SELECT c.value #>> '{}' FROM iam_import_elements(x."ClientIds") AS c ORDER BY c.ordinal) END,
		   iam_import_timestamp(x."CreateDate")
	FROM unnest(v_items) AS i (item)
	CROSS JOIN LATERAL json_to_record(i.item) AS x ("Arn" text, "Url" text, "ClientIds" json, "CreateDate" json)
	CROSS JOIN LATERAL regexp_match(x."Arn", ':(oidc|saml)-provider/(.*)$') AS f (form)
	ON CONFLICT (account_id, arn) DO UPDATE
	SET url = excluded.url, client_ids = coalesce(excluded.client_ids, t.client_ids), created_at = coalesce(excluded.created_at, t.created_at);
	object_kind := 'identity_provider';
	imported := cardinality(v_items);
	problems := 0;
	RETURN NEXT;

	SELECT c.items, c.paths INTO v_items, v_paths FROM iam_import_collect(pages, prefixes, 'VpcEndpoints', 'VpcEndpointId') AS c;
	SELECT array_agg(coalesce(i.item ->> 'AccountId', i.item ->> 'OwnerId', iam_import_account_lists.account_id) ORDER BY i.n)
	INTO v_accounts
	FROM unnest(v_items) WITH ORDINALITY AS i (item, n);
	SELECT i.path INTO v_bad
	FROM unnest(v_paths, v_accounts) WITH ORDINALITY AS i (path, account, n)
	WHERE i.account IS NULL ORDER BY i.n LIMIT 1;
	IF FOUND THEN
		PERFORM iam_import_refuse('the export does not say which account it belongs to', v_bad.path, 'there is no AccountId',
								  'Give AccountId, or name the account: iam_import(document, account_id => ''111122223333'').');
	END IF;
	SELECT array_agg(iam_import_document('vpc_endpoint', i.item ->> 'VpcEndpointId', '', i.path || '.PolicyDocument', i.item -> 'PolicyDocument')
					 ORDER BY i.n)
	INTO v_readings
	FROM unnest(v_items, v_paths) WITH ORDINALITY AS i (item, path, n);
	removed := 0;
	IF replace AND cardinality(v_items) > 0 THEN
		DELETE FROM iam_vpc_endpoint AS t
		WHERE t.account_id = ANY (v_accounts)
			AND NOT EXISTS (SELECT FROM unnest(v_items) AS i (item) WHERE i.item ->> 'VpcEndpointId' = t.vpc_endpoint_id);
		GET DIAGNOSTICS removed = ROW_COUNT;
	END IF;
	INSERT INTO iam_account (account_id) SELECT DISTINCT a FROM unnest(v_accounts) AS a
	ON CONFLICT (account_id) DO NOTHING;
	INSERT INTO iam_vpc_endpoint AS t (account_id, vpc_endpoint_id, vpc_id, service_name, policy)
	SELECT v_accounts[i.n], i.item ->> 'VpcEndpointId', i.item ->> 'VpcId', i.item ->> 'ServiceName', v_readings[i.n].policy
	FROM unnest(v_items) WITH ORDINALITY AS i (item, n)
	ON CONFLICT (account_id, vpc_endpoint_id) DO UPDATE
	SET vpc_id = coalesce(excluded.vpc_id, t.vpc_id), service_name = coalesce(excluded.service_name, t.service_name),
		policy = excluded.policy;
	DELETE FROM iam_import_problem AS t
	USING unnest(v_items, v_accounts) AS i (item, account)
	WHERE t.account_id = i.account AND t.list = 'VpcEndpoints' AND t.object_arn = i.item ->> 'VpcEndpointId';
	PERFORM iam_import_record(p.account, 'VpcEndpoints', p.readings)
	FROM (SELECT v_accounts[n] AS account, array_agg(v_readings[n]) AS readings
		  FROM generate_subscripts(v_readings, 1) AS n
		  WHERE v_readings[n].message IS NOT NULL
		  GROUP BY v_accounts[n]) AS p;
	object_kind := 'vpc_endpoint';
	imported := cardinality(v_items);
	SELECT count(*) INTO problems FROM unnest(v_readings) AS r WHERE r.message IS NOT NULL;
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION iam_import_account_lists(json[], text[], text, boolean) IS 'Internal to iam_import: imports identity providers and VPC endpoints';
REVOKE EXECUTE ON FUNCTION iam_import_credential_report(json[], text[], text, boolean),
	iam_import_last_accessed(json[], text[], text, text, boolean),
	iam_import_account_lists(json[], text[], text, boolean) FROM PUBLIC;
