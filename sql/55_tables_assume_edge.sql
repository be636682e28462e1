/*
 * The assume graph: who can assume which role in one step (WHO-1, WHO-3).
 *
 * The rows are computed, by iam_assume_edge_refresh, and are as old as its last
 * run; iam_assume_closure reads nothing else.  Rows put in or taken out by hand,
 * inside BEGIN ... ROLLBACK, answer what-if.
 */

CREATE TABLE iam_assume_edge (
	account_id text NOT NULL,
	target arn NOT NULL,
	source text NOT NULL,
	decision iam_decision NOT NULL CHECK (decision IN ('conditional', 'allowed')),
	kind text NOT NULL,
	conditions jsonb,
	PRIMARY KEY (account_id, target, source),
	CHECK (account_id = arn_account(target))
);

CREATE INDEX iam_assume_edge_source_idx ON iam_assume_edge (source);

COMMENT ON TABLE iam_assume_edge IS 'who can assume which role in one step, as of the last iam_assume_edge_refresh';
COMMENT ON COLUMN iam_assume_edge.account_id IS 'account of the role';
COMMENT ON COLUMN iam_assume_edge.target IS 'the role that can be assumed';
COMMENT ON COLUMN iam_assume_edge.source IS 'who can assume it: the ARN of a user, a role or a session, an account''s root, a service, a provider, or *';
COMMENT ON COLUMN iam_assume_edge.decision IS 'allowed, or conditional: depends on what only the request has';
COMMENT ON COLUMN iam_assume_edge.kind IS 'what the source is: user, role, session, account, service, provider, any principal';
COMMENT ON COLUMN iam_assume_edge.conditions IS 'what must hold where the decision is conditional';

SELECT pg_catalog.pg_extension_config_dump('@extschema@.iam_assume_edge', '');
