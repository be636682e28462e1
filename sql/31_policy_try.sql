/*
 * Reading policy documents that may be unreadable.
 */

CREATE FUNCTION iam_policy_try(document text, OUT policy iam_policy, OUT problem text, OUT json_path text)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'iam_policy_try';
COMMENT ON FUNCTION iam_policy_try(text) IS 'The policy in a text, or why it cannot be read: problem and json_path (or line and column); never raises for a bad document, NULL gives NULLs';
