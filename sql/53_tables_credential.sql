/*
 * The account model: long-term credentials of users and of the root user, as the
 * credential report and the listings of keys, devices and certificates give them.
 *
 * A row whose password or MFA device is not active says that there is none; a user
 * without a row is one of whose credentials nothing is known.  The root user is in
 * no other table, so nothing here refers to iam_identity.
 */

CREATE TABLE iam_credential (
	account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
	user_arn arn NOT NULL,
	kind text NOT NULL CHECK (kind IN ('access_key', 'password', 'mfa_device', 'signing_certificate')),
	identifier text NOT NULL DEFAULT '',
	active boolean NOT NULL,
	created_at timestamptz,
	rotated_at timestamptz,
	expires_at timestamptz,
	last_used_at timestamptz,
	last_used_service text,
	last_used_region text,
	PRIMARY KEY (account_id, user_arn, kind, identifier)
);

COMMENT ON TABLE iam_credential IS 'passwords, access keys, MFA devices and signing certificates of users and root users';
COMMENT ON COLUMN iam_credential.account_id IS 'account of the user';
COMMENT ON COLUMN iam_credential.user_arn IS 'ARN of the user, or of the root user';
COMMENT ON COLUMN iam_credential.kind IS 'access_key, password, mfa_device or signing_certificate';
COMMENT ON COLUMN iam_credential.identifier IS 'id of the key or certificate, serial number of the device, else its number in the credential report; empty for a password';
COMMENT ON COLUMN iam_credential.active IS 'whether it can be used; a password or an MFA device that is not active does not exist';
COMMENT ON COLUMN iam_credential.created_at IS 'when it was created';
COMMENT ON COLUMN iam_credential.rotated_at IS 'when it was last rotated or changed; NULL: not known';
COMMENT ON COLUMN iam_credential.expires_at IS 'when a password must be changed; NULL: never, or not known';
COMMENT ON COLUMN iam_credential.last_used_at IS 'when it was last used; NULL: never, or not known';
COMMENT ON COLUMN iam_credential.last_used_service IS 'service an access key was last used with';
COMMENT ON COLUMN iam_credential.last_used_region IS 'region an access key was last used in';

/* What users put into the table is dumped with their database. */
SELECT pg_catalog.pg_extension_config_dump('@extschema@.iam_credential', '');
