/*
 * What everybody may read: shipped facts and the user's changes to them.  Account
 * data has no default rights, and nobody but the owner fills anything.
 */
GRANT SELECT ON iam_quota, iam_quota_override, iam_service, iam_action, iam_resource_type, iam_action_resource,
	iam_condition_key, iam_rcp_service, iam_rcp_service_override TO PUBLIC;
