/*
 * rules_services_test.c: what is particular to STS, iam:PassRole, KMS, reserved
 * roles and S3 (spec sections 13 to 16 and 18), as whole decisions.
 */
#include "rules.h"

#define ADMIN	IDENTITY(ALLOW_ALL)
#define NOTHING ALLOW("ec2:*")
#define FOREIGN_ROLE ON("sts:AssumeRole", "arn:aws:iam::222222222222:role/r")
#define OIDC	"arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
#define SAML	"arn:aws:iam::111111111111:saml-provider/corp"
#define WEB		ON("sts:AssumeRoleWithWebIdentity", TARGET_ARN)
#define FED		BY(FED_ARN) ",'federating_user':'" BOB_ARN "'," ADMIN "," SESSIONS(ALLOW_ALL)
#define ON_ANY(action) ON(action, "*")

static const Rule sts[] = {
	{"STS-1", "GetCallerIdentity, denied or not", BY(BOB_ARN) "," ON_ANY("sts:GetCallerIdentity") "," IDENTITY(DENY("*")), "allowed", NULL},
	{"STS-1", "... by a federated user", FED "," ON_ANY("sts:GetCallerIdentity"), "allowed", NULL},
	{"STS-1", "... not unsigned", BY("anonymous") "," ON_ANY("sts:GetCallerIdentity"), "implicit_deny", NULL},
	{"STS-1", "GetSessionToken by root", BY(ROOT_ARN) "," ON_ANY("sts:GetSessionToken"), "allowed", NULL},
	{"STS-1", "... a boundary says nothing", BY(BOB_ARN) "," ON_ANY("sts:GetSessionToken") "," BOUNDARY(NOTHING), "allowed", NULL},
	{"STS-1", "... a Deny does", BY(BOB_ARN) "," ON_ANY("sts:GetSessionToken") "," IDENTITY(DENY("sts:*")), "explicit_deny", NULL},
	{"STS-1", "other actions do need permission", BY(BOB_ARN) "," ON_ANY("sts:GetServiceBearerToken"), "implicit_deny", NULL},
	{"STS-2", "named: no identity policy", BY(BOB_ARN) "," ASSUME "," TRUSTS(AWS(BOB_ARN)), "allowed", NULL},
	{"STS-2", "the role named: the session policy limits", BY(S1_ARN) "," ASSUME "," TRUSTS(AWS(APP_ARN)) "," SESSIONS(NOTHING), "implicit_deny", NULL},
	{"STS-2", "the account named: identity policy", BY(BOB_ARN) "," ASSUME "," TRUSTS(AWS(A1)) "," IDENTITY(ALLOW("sts:AssumeRole")), "allowed", NULL},
	{"STS-2", "... without", BY(BOB_ARN) "," ASSUME "," TRUSTS(AWS(A1)), "implicit_deny", NULL},
	{"STS-2", "... for another role", BY(BOB_ARN) "," ASSUME "," TRUSTS(AWS(A1)) "," IDENTITY(ALLOW_ON("'arn:aws:iam::111111111111:role/other'")), "implicit_deny", NULL},
	{"STS-2a", "the boundary limits where the user is named", BY(BOB_ARN) "," ASSUME "," TRUSTS(AWS(BOB_ARN)) "," BOUNDARY(NOTHING), "implicit_deny", NULL},
	{"STS-2a", "... and may allow", BY(BOB_ARN) "," ASSUME "," TRUSTS(AWS(BOB_ARN)) "," BOUNDARY(ALLOW("sts:AssumeRole")), "allowed", NULL},
	{"STS-2a", "... everybody too", BY(BOB_ARN) "," ASSUME "," TRUSTS("'*'") "," BOUNDARY(NOTHING), "implicit_deny", NULL},
	{"STS-2a", "elsewhere it does not", BY(BOB_ARN) "," GET_OWN "," GRANTS(AWS(BOB_ARN)) "," BOUNDARY(NOTHING), "allowed", NULL},
	{"STS-3", "across accounts: both", BY(BOB_ARN) "," FOREIGN_ROLE "," TRUSTS(AWS(BOB_ARN)) "," ADMIN, "allowed", NULL},
	{"STS-3", "... the trust policy alone", BY(BOB_ARN) "," FOREIGN_ROLE "," TRUSTS(AWS(BOB_ARN)), "implicit_deny", NULL},
	{"STS-3", "... the identity policy alone", BY(BOB_ARN) "," FOREIGN_ROLE "," ADMIN, "implicit_deny", NULL},
	{"STS-4", "a session assumes a role", BY(S1_ARN) "," FOREIGN_ROLE "," TRUSTS(AWS(APP_ARN)) "," ADMIN, "allowed", NULL},
	{"STS-5", "a role does not trust itself", BY(S1_ARN) "," ON("sts:AssumeRole", APP_ARN) "," ADMIN, "implicit_deny", NULL},
	{"STS-5", "... unless it does", BY(S1_ARN) "," ON("sts:AssumeRole", APP_ARN) "," TRUSTS(AWS(APP_ARN)), "allowed", NULL},
	{"STS-6", "an external id, passed", BY(BOB_ARN) "," FOREIGN_ROLE "," ADMIN "," CONTEXT("'sts:ExternalId':'x1'") "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(A1)
			",'Action':'sts:AssumeRole','Condition':{'StringEquals':{'sts:ExternalId':'x1'}}"))), "allowed", NULL},
	{"STS-6", "... and not", BY(BOB_ARN) "," FOREIGN_ROLE "," ADMIN "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(A1)
			",'Action':'sts:AssumeRole','Condition':{'StringEquals':{'sts:ExternalId':'x1'}}"))), "implicit_deny", NULL},
	{"STS-8", "SetSourceIdentity is a permission of the trust policy", BY(BOB_ARN) "," ON("sts:SetSourceIdentity", TARGET_ARN) "," RESOURCE(DOC(STMT("Allow", "'Principal':"
			AWS(BOB_ARN) ",'Action':'sts:AssumeRole'"))), "implicit_deny", NULL},
	{"STS-8", "... given", BY(BOB_ARN) "," ON("sts:SetSourceIdentity", TARGET_ARN) "," RESOURCE(DOC(STMT("Allow", "'Principal':"
			AWS(BOB_ARN) ",'Action':['sts:AssumeRole','sts:SetSourceIdentity']"))), "allowed", NULL},
	{"STS-8", "... in a chain the session's own permissions count too", BY(S1_ARN) "," ON("sts:SetSourceIdentity", TARGET_ARN) "," TRUSTS(AWS(APP_ARN)), "implicit_deny", NULL},
	{"STS-8", "... and are there", BY(S1_ARN) "," ON("sts:SetSourceIdentity", TARGET_ARN) "," TRUSTS(AWS(APP_ARN)) "," ADMIN, "allowed", NULL},
	{"CD-2", "a third party without an external id is a finding, not a deny", BY(BOB_ARN) "," FOREIGN_ROLE "," TRUSTS(AWS(A1)) "," ADMIN, "allowed", NULL},
	{"CD-1", "a service without aws:SourceArn is a finding, not a deny", BY("sns.amazonaws.com") "," ON("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:q") ","
		GRANTS("{'Service':'sns.amazonaws.com'}"), "allowed", NULL},
	{"STS-12", "a provider calls nothing else", BY(OIDC) "," GET_OWN "," GRANTS("'*'"), "implicit_deny", NULL},
	{"STS-12", "... not AssumeRole", BY(OIDC) "," ASSUME "," TRUSTS("{'Federated':'" OIDC "'}"), "implicit_deny", NULL},
	{"STS-12", "... not the SAML call", BY(OIDC) "," ON("sts:AssumeRoleWithSAML", TARGET_ARN) "," TRUSTS("{'Federated':'" OIDC "'}"), "implicit_deny", NULL},
	{"STS-13", "... nor the other way round", BY(SAML) "," WEB "," TRUSTS("{'Federated':'" SAML "'}"), "implicit_deny", NULL},
	{"STS-12", "nobody else makes its call", BY(BOB_ARN) "," WEB "," TRUSTS(AWS(BOB_ARN)) "," ADMIN, "implicit_deny", NULL},
	{"STS-9", "root cannot assume a role", BY(ROOT_ARN) "," ASSUME "," TRUSTS(AWS(A1)), "implicit_deny", NULL},
	{"STS-9", "... elsewhere either", BY(ROOT_ARN) "," FOREIGN_ROLE "," TRUSTS(AWS(A1)), "implicit_deny", NULL},
	{"STS-9", "... a Deny stays explicit", BY(ROOT_ARN) "," ASSUME "," RESOURCE(DOC(STMT("Deny", "'Principal':'*','Action':'sts:*'"))), "explicit_deny", NULL},
	{"STS-9", "a federated user cannot call STS", FED "," ASSUME "," TRUSTS(AWS(FED_ARN)), "implicit_deny", NULL},
	{"STS-9", "... nor IAM", FED "," ON_ANY("iam:ListUsers"), "implicit_deny", NULL},
	{"STS-9", "... but pass a role", FED "," ON("iam:PassRole", TARGET_ARN), "allowed", NULL},
	{"STS-9", "... and other services", FED "," ON_ANY("ec2:DescribeInstances"), "allowed", NULL},
	{"STS-9", "a session: no GetSessionToken", BY(S1_ARN) "," ON_ANY("sts:GetSessionToken") "," ADMIN, "implicit_deny", NULL},
	{"STS-9", "... no GetFederationToken", BY(S1_ARN) "," ON_ANY("sts:GetFederationToken") "," ADMIN, "implicit_deny", NULL},
	{"STS-9", "... but AssumeRole", BY(S1_ARN) "," ASSUME "," ADMIN "," TRUSTS(AWS(A1)), "allowed", NULL},
	{"STS-10", "TagSession is asked of the trust policy", BY(BOB_ARN) "," ON("sts:TagSession", TARGET_ARN) "," RESOURCE(DOC(STMT("Allow", "'Principal':"
			AWS(BOB_ARN) ",'Action':'sts:AssumeRole'"))), "implicit_deny", NULL},
	{"STS-10", "... with its tags", BY(BOB_ARN) "," ON("sts:TagSession", TARGET_ARN) "," CONTEXT("'aws:RequestTag/team':'red','aws:TagKeys':['team']") ","
		RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN) ",'Action':'sts:TagSession','Condition':{'StringEquals':{'aws:RequestTag/Team':'red'},"
				"'ForAllValues:StringEquals':{'aws:TagKeys':['team']}}"))), "allowed", NULL},
	{"STS-11", "a service by its entry", BY("ec2.amazonaws.com") "," ASSUME "," TRUSTS("{'Service':'ec2.amazonaws.com'}"), "allowed", NULL},
	{"STS-11", "another service", BY("ec2.amazonaws.com") "," ASSUME "," TRUSTS("{'Service':'lambda.amazonaws.com'}"), "implicit_deny", NULL},
	{"STS-11", "no SCP", BY("ec2.amazonaws.com") "," ASSUME "," TRUSTS("{'Service':'ec2.amazonaws.com'}") "," SCPS("[" DENY("*") "]"), "allowed", NULL},
	{"STS-12", "the action has to be that", BY(OIDC) "," WEB "," RESOURCE(DOC(STMT("Allow", "'Principal':{'Federated':'" OIDC "'},'Action':'sts:AssumeRole'"))), "implicit_deny", NULL},
	{"STS-12", "a sub by pattern", BY(OIDC) "," WEB "," CONTEXT("'token.actions.githubusercontent.com:sub':'repo:o/r:ref:refs/heads/main'") ","
		RESOURCE(DOC(STMT("Allow", "'Principal':{'Federated':'" OIDC "'},'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'StringLike':"
				"{'token.actions.githubusercontent.com:sub':'repo:o/r:*'}}"))), "allowed", NULL},
	{"STS-12", "... of another repository", BY(OIDC) "," WEB "," CONTEXT("'token.actions.githubusercontent.com:sub':'repo:o/rx:ref:refs/heads/main'") ","
		RESOURCE(DOC(STMT("Allow", "'Principal':{'Federated':'" OIDC "'},'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'StringLike':"
				"{'token.actions.githubusercontent.com:sub':'repo:o/r:*'}}"))), "implicit_deny", NULL},
	{"STS-12", "no SCP of the caller", BY(OIDC) "," WEB "," TRUSTS("{'Federated':'" OIDC "'}") "," SCPS("[" DENY("*") "]"), "allowed", NULL},
	{"STS-12", "RCPs of the role's account", BY(OIDC) "," WEB "," TRUSTS("{'Federated':'" OIDC "'}") "," RCPS("[" RCP_FULL "," NAMING("Deny", "'*'") "]"), "explicit_deny", NULL},
	{"STS-12", "provider and role are in one account", BY("arn:aws:iam::222222222222:oidc-provider/x.io") "," WEB ","
		TRUSTS("{'Federated':'arn:aws:iam::222222222222:oidc-provider/x.io'}"), "implicit_deny", NULL},
	{"STS-12", "nobody else makes the call", BY(BOB_ARN) "," WEB "," ADMIN "," TRUSTS("'*'"), "implicit_deny", NULL},
	{"STS-12", "a provider calls nothing else", BY(OIDC) "," GET_OWN "," GRANTS("'*'"), "implicit_deny", NULL},
	{"STS-12", "... not AssumeRole", BY(OIDC) "," ASSUME "," TRUSTS("{'Federated':'" OIDC "'}"), "implicit_deny", NULL},
	{"STS-12", "... but passes tags", BY(OIDC) "," ON("sts:TagSession", TARGET_ARN) "," TRUSTS("{'Federated':'" OIDC "'}"), "allowed", NULL},
	{"STS-8", "in a chain the session's own permissions", BY(S1_ARN) "," ON("sts:SetSourceIdentity", TARGET_ARN) "," TRUSTS(AWS(S1_ARN)), "implicit_deny", NULL},
	{"STS-8", "... given", BY(S1_ARN) "," ON("sts:SetSourceIdentity", TARGET_ARN) "," TRUSTS(AWS(S1_ARN)) "," ADMIN, "allowed", NULL},
	{"STS-12", "a built-in provider has none", BY("cognito-identity.amazonaws.com") "," WEB "," TRUSTS("{'Federated':'cognito-identity.amazonaws.com'}"), "allowed", NULL},
	{"STS-13", "SAML", BY(SAML) "," ON("sts:AssumeRoleWithSAML", TARGET_ARN) "," CONTEXT("'SAML:aud':'https://signin.aws.amazon.com/saml'") ","
		RESOURCE(DOC(STMT("Allow", "'Principal':{'Federated':'" SAML "'},'Action':'sts:AssumeRoleWithSAML','Condition':{'StringEquals':"
				"{'saml:aud':'https://signin.aws.amazon.com/saml'}}"))), "allowed", NULL},
	{"STS-13", "another audience", BY(SAML) "," ON("sts:AssumeRoleWithSAML", TARGET_ARN) "," CONTEXT("'SAML:aud':'https://x/saml'") ","
		RESOURCE(DOC(STMT("Allow", "'Principal':{'Federated':'" SAML "'},'Action':'sts:AssumeRoleWithSAML','Condition':{'StringEquals':"
				"{'saml:aud':'https://signin.aws.amazon.com/saml'}}"))), "implicit_deny", NULL},
	{"STS-14", "MFA, given", BY(BOB_ARN) "," ASSUME "," CONTEXT("'aws:MultiFactorAuthPresent':true") "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN)
			",'Action':'sts:AssumeRole','Condition':{'Bool':{'aws:MultiFactorAuthPresent':'true'}}"))), "allowed", NULL},
	{"STS-14", "... absent for access keys", BY(BOB_ARN) "," ASSUME "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN)
			",'Action':'sts:AssumeRole','Condition':{'Bool':{'aws:MultiFactorAuthPresent':'true'}}"))), "implicit_deny", NULL},
	{"STS-14", "... or not known", BY(BOB_ARN) "," UNKNOWN_CONTEXT "," ASSUME "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN)
			",'Action':'sts:AssumeRole','Condition':{'Bool':{'aws:MultiFactorAuthPresent':'true'}}"))), "conditional",
		"{'operator':'Bool','key':'aws:MultiFactorAuthPresent','values':['true']}"},
	{"STS-18", "GetFederationToken needs permission", BY(BOB_ARN) "," ON("sts:GetFederationToken", FED_ARN), "implicit_deny", NULL},
	{"STS-18", "... and then works", BY(BOB_ARN) "," ON("sts:GetFederationToken", FED_ARN) "," IDENTITY(ALLOW("sts:GetFederationToken")), "allowed", NULL},
	{"PASS-1", "the identity side", BY(BOB_ARN) "," ON("iam:PassRole", TARGET_ARN) "," ADMIN, "allowed", NULL},
	{"PASS-1", "... alone", BY(BOB_ARN) "," ON("iam:PassRole", TARGET_ARN) "," GRANTS(AWS(BOB_ARN)), "implicit_deny", NULL},
	{"PASS-1", "... for denies as well", BY(BOB_ARN) "," ON("iam:PassRole", TARGET_ARN) "," ADMIN "," RESOURCE(NAMING("Deny", "'*'")), "allowed", NULL},
	{"PASS-1", "... in one account", BY(BOB_ARN) "," ON("iam:PassRole", "arn:aws:iam::222222222222:role/r") "," ADMIN "," GRANTS("'*'"), "implicit_deny", NULL},
	{"PASS-2", "to whom", BY(BOB_ARN) "," ON("iam:PassRole", TARGET_ARN) "," CONTEXT("'iam:PassedToService':'ec2.amazonaws.com'") ","
		IDENTITY(ALLOW_IF("'StringEquals':{'iam:PassedToService':'ec2.amazonaws.com'}")), "allowed", NULL},
	{"PASS-2", "... to another", BY(BOB_ARN) "," ON("iam:PassRole", TARGET_ARN) "," CONTEXT("'iam:PassedToService':'lambda.amazonaws.com'") ","
		IDENTITY(ALLOW_IF("'StringEquals':{'iam:PassedToService':'ec2.amazonaws.com'}")), "implicit_deny", NULL},
	{"PASS-3", "for what", BY(BOB_ARN) "," ON("iam:PassRole", TARGET_ARN) "," CONTEXT("'iam:AssociatedResourceArn':'arn:aws:ec2:us-east-1:111111111111:instance/i-1'") ","
		IDENTITY(ALLOW_IF("'ArnLike':{'iam:AssociatedResourceARN':'arn:aws:ec2:*:*:instance/*'}")), "allowed", NULL},
	{"PASS-4", "the service's side is the trust policy", BY("ec2.amazonaws.com") "," ASSUME "," TRUSTS("{'Service':'ec2.amazonaws.com'}"), "allowed", NULL},
	{"PASS-4", "... which PassRole does not replace", BY("ec2.amazonaws.com") "," ASSUME "," IDENTITY(ALLOW("iam:PassRole")), "implicit_deny", NULL},
	{"PASS-5", "tags of the role are not in the request", BY(BOB_ARN) "," ON("iam:PassRole", TARGET_ARN) "," IDENTITY(ALLOW_IF("'StringEquals':{'iam:ResourceTag/team':'red'}")), "implicit_deny", NULL},
	{"PASS-5", "... or not known", BY(BOB_ARN) "," UNKNOWN_CONTEXT "," ON("iam:PassRole", TARGET_ARN) "," IDENTITY(ALLOW_IF("'StringEquals':{'iam:ResourceTag/team':'red'}")), "conditional",
		"{'operator':'StringEquals','key':'iam:ResourceTag/team','values':['red']}"},
};

#define PERMISSION_SET "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef"
#define SSO_SESSION BY("arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/ann") ",'principal_role_arn':'" PERMISSION_SET "'"

static const Rule reserved[] = {
	{"PASS-6", "a reserved role cannot be passed", BY(BOB_ARN) "," ON("iam:PassRole", PERMISSION_SET) "," ADMIN, "implicit_deny", NULL},
	{"PASS-6", "... by root either", BY(ROOT_ARN) "," ON("iam:PassRole", PERMISSION_SET), "implicit_deny", NULL},
	{"PASS-6", "a service-linked role can", BY(BOB_ARN) "," ON("iam:PassRole", "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/y") "," ADMIN, "allowed", NULL},
	{"SLR-1", "a service-linked role is beyond SCPs and RCPs", BY("arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX") "," GET_OWN ","
		ADMIN "," SCPS("[" DENY("*") "]") "," RCPS("[" NAMING("Deny", "'*'") "]") "," BOUNDARY(DENY("*")), "allowed", NULL},
	{"SLR-1", "the path has to be that", BY("arn:aws:iam::111111111111:role/x/aws-service-role/y") "," GET_OWN "," ADMIN "," SCPS("[" DENY("*") "]"), "explicit_deny", NULL},
	{"SSO-1", "a permission set's role keeps its path", SSO_SESSION "," GET_OWN "," IDENTITY(ALLOW_IF("'ArnLike':{'aws:PrincipalArn':"
		"'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_*'}")), "allowed", NULL},
	{"SSO-1", "... another set's", SSO_SESSION "," GET_OWN "," IDENTITY(ALLOW_IF("'ArnLike':{'aws:PrincipalArn':"
		"'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_*'}")), "implicit_deny", NULL},
	{"SSO-2", "SCPs apply to it", SSO_SESSION "," GET_OWN "," ADMIN "," SCPS("[" NOTHING "]"), "implicit_deny", NULL},
	{"SSO-2", "its boundary too", SSO_SESSION "," GET_OWN "," ADMIN "," BOUNDARY(NOTHING), "implicit_deny", NULL},
	{"SSO-2", "otherwise a role like others", SSO_SESSION "," GET_OWN "," ADMIN "," SCPS("[" ALLOW_ALL "]"), "allowed", NULL},
	{"SSO-2", "assumed by SAML", BY("arn:aws:iam::111111111111:saml-provider/AWSSSO_x_DO_NOT_DELETE") "," ON("sts:AssumeRoleWithSAML", PERMISSION_SET) ","
		TRUSTS("{'Federated':'arn:aws:iam::111111111111:saml-provider/AWSSSO_x_DO_NOT_DELETE'}"), "allowed", NULL},
	{"SSO-3", "its policies are not the account's to change", BY(BOB_ARN) "," ON("iam:PutRolePolicy", PERMISSION_SET) "," ADMIN, "implicit_deny", NULL},
	{"SSO-3", "... an explicit deny stays one", BY(BOB_ARN) "," ON("iam:PutRolePolicy", PERMISSION_SET) "," IDENTITY(DENY("iam:*")), "explicit_deny", NULL},
	{"SSO-3", "... reading is", BY(BOB_ARN) "," ON("iam:GetRole", PERMISSION_SET) "," ADMIN, "allowed", NULL},
	{"SSO-3", "another role is", BY(BOB_ARN) "," ON("iam:PutRolePolicy", TARGET_ARN) "," ADMIN, "allowed", NULL},
	{"SSO-3", "an AWS managed policy", BY(BOB_ARN) "," ON("iam:DeletePolicy", "arn:aws:iam::aws:policy/job-function/X") "," ADMIN, "implicit_deny", NULL},
	{"SSO-3", "... may be attached", BY(BOB_ARN) "," ON("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess") "," ADMIN, "allowed", NULL},
	{"SSO-3", "a policy of the account", BY(BOB_ARN) "," ON("iam:DeletePolicy", "arn:aws:iam::111111111111:policy/X") "," ADMIN, "allowed", NULL},
};

#define DECRYPT ON("kms:Decrypt", KEY_ARN)
#define DECRYPT2 ON("kms:Decrypt", KEY2_ARN)
#define GRANT(grantee, operations, more) "'kms_grants':[{'GrantId':'g1','GranteePrincipal':'" grantee "','Operations':[" operations "]" more "}]"
#define ENCRYPTION(kind) ",'Constraints':{'EncryptionContext" kind "':{'a':'1'}}"

static const Rule kms[] = {
	{"KMS-1", "no key policy, no access", BY(BOB_ARN) "," DECRYPT "," ADMIN, "implicit_deny", NULL},
	{"KMS-1", "... for root", BY(ROOT_ARN) "," DECRYPT, "implicit_deny", NULL},
	{"KMS-1", "IAM's Deny counts", BY(BOB_ARN) "," DECRYPT "," GRANTS(AWS(BOB_ARN)) "," IDENTITY(DENY("kms:*")), "explicit_deny", NULL},
	{"KMS-2", "delegated", BY(BOB_ARN) "," DECRYPT "," GRANTS(AWS(ROOT_ARN)) "," ADMIN, "allowed", NULL},
	{"KMS-2", "... for other actions", BY(BOB_ARN) "," DECRYPT "," ADMIN "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(ROOT_ARN) ",'Action':'kms:Encrypt','Resource':'*'"))), "implicit_deny", NULL},
	{"KMS-2", "... under a condition that does not hold", BY(BOB_ARN) "," DECRYPT "," ADMIN "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(ROOT_ARN) ","
			IF("'StringEquals':{'kms:ViaService':'s3.us-east-1.amazonaws.com'}")))), "implicit_deny", NULL},
	{"KMS-3", "a user named", BY(BOB_ARN) "," DECRYPT "," GRANTS(AWS(BOB_ARN)), "allowed", NULL},
	{"KMS-3", "a role named, and its boundary", BY(S1_ARN) "," DECRYPT "," GRANTS(AWS(APP_ARN)) "," BOUNDARY(NOTHING), "implicit_deny", NULL},
	{"KMS-4", "* is the key", BY(BOB_ARN) "," DECRYPT "," RESOURCE(DOC(STMT("Allow", "'Principal':" AWS(BOB_ARN) ",'Action':'kms:*','Resource':'*'"))), "allowed", NULL},
	{"KMS-4", "an alias in a policy is not", BY(BOB_ARN) "," DECRYPT "," GRANTS(AWS(A1)) "," IDENTITY(ALLOW_ON("'arn:aws:kms:us-east-1:111111111111:alias/x'")), "implicit_deny", NULL},
	{"KMS-4", "... its key is", BY(BOB_ARN) "," DECRYPT "," GRANTS(AWS(A1)) "," IDENTITY(ALLOW_IF("'ForAnyValue:StringEquals':{'kms:ResourceAliases':'alias/x'}")) ","
		CONTEXT("'kms:ResourceAliases':['alias/x','alias/y']"), "allowed", NULL},
	{"KMS-5", "across accounts: both", BY(BOB_ARN) "," DECRYPT2 "," GRANTS(AWS(A1)) "," IDENTITY(ALLOW_ON("'" KEY2_ARN "'")), "allowed", NULL},
	{"KMS-5", "... not the key policy alone", BY(BOB_ARN) "," DECRYPT2 "," GRANTS(AWS(BOB_ARN)), "implicit_deny", NULL},
	{"KMS-6", "what does not cross", BY(BOB_ARN) "," ON("kms:PutKeyPolicy", KEY2_ARN) "," GRANTS(AWS(BOB_ARN)) "," ADMIN, "implicit_deny", NULL},
	{"KMS-6", "... before the root rule", BY(ROOT_ARN) "," ON("kms:ScheduleKeyDeletion", KEY2_ARN) "," GRANTS(AWS(A1)), "implicit_deny", NULL},
	{"KMS-6", "what does", BY(BOB_ARN) "," ON("kms:GenerateDataKeyWithoutPlaintext", KEY2_ARN) "," GRANTS(AWS(BOB_ARN)) "," ADMIN, "allowed", NULL},
	{"KMS-6", "listing grants does", BY(ROOT_ARN) "," ON("kms:ListGrants", KEY2_ARN) "," GRANTS(AWS(A1)), "allowed", NULL},
	{"KMS-7", "no key resource", BY(BOB_ARN) "," ON_ANY("kms:CreateKey") "," ADMIN, "allowed", NULL},
	{"KMS-7", "an alias is the account's", BY(BOB_ARN) "," ON("kms:UpdateAlias", "arn:aws:kms:us-east-1:111111111111:alias/x") "," ADMIN, "allowed", NULL},
	{"KMS-7", "... the key is asked apart", BY(BOB_ARN) "," ON("kms:UpdateAlias", KEY_ARN) "," ADMIN, "implicit_deny", NULL},
	{"KMS-8", "a grant to a user", BY(BOB_ARN) "," DECRYPT "," GRANT(BOB_ARN, "'Decrypt'", ""), "allowed", NULL},
	{"KMS-8", "... without a boundary's allow", BY(BOB_ARN) "," DECRYPT "," GRANT(BOB_ARN, "'Decrypt'", "") "," BOUNDARY(NOTHING), "allowed", NULL},
	{"KMS-8", "... for another operation", BY(BOB_ARN) "," DECRYPT "," GRANT(BOB_ARN, "'Encrypt','Sign'", ""), "implicit_deny", NULL},
	{"KMS-8", "... of somebody else", BY(BOB_ARN) "," DECRYPT "," GRANT("arn:aws:iam::111111111111:user/eve", "'Decrypt'", ""), "implicit_deny", NULL},
	{"KMS-8", "a grant to a session", BY(S1_ARN) "," DECRYPT "," GRANT(S1_ARN, "'Decrypt'", "") "," SESSIONS(NOTHING), "allowed", NULL},
	{"KMS-8", "a grant to a role", BY(S1_ARN) "," DECRYPT "," GRANT(APP_ARN, "'Decrypt'", "") "," SESSIONS(NOTHING), "implicit_deny", NULL},
	{"KMS-8", "a grant to an account", BY(BOB_ARN) "," DECRYPT "," GRANT(ROOT_ARN, "'Decrypt'", ""), "implicit_deny", NULL},
	{"KMS-8", "... takes up the identity policy", BY(BOB_ARN) "," DECRYPT "," GRANT(ROOT_ARN, "'Decrypt'", "") "," ADMIN, "allowed", NULL},
	{"KMS-8", "... and is direct for root", BY(ROOT_ARN) "," DECRYPT "," GRANT(A1, "'Decrypt'", ""), "allowed", NULL},
	{"KMS-8", "never to a service", BY("s3.amazonaws.com") "," DECRYPT "," GRANT("s3.amazonaws.com", "'Decrypt'", ""), "implicit_deny", NULL},
	{"KMS-8", "nor to everybody", BY("anonymous") "," DECRYPT "," GRANT("*", "'Decrypt'", ""), "implicit_deny", NULL},
	{"KMS-8", "SCPs still apply", BY(BOB_ARN) "," DECRYPT "," GRANT(BOB_ARN, "'Decrypt'", "") "," SCPS("[" NOTHING "]"), "implicit_deny", NULL},
	{"KMS-8", "RCPs too", BY(BOB_ARN) "," DECRYPT "," GRANT(BOB_ARN, "'Decrypt'", "") "," RCPS("[" RCP_FULL "," NAMING("Deny", "'*'") "]"), "explicit_deny", NULL},
	{"KMS-8", "the key policy's Deny", BY(BOB_ARN) "," DECRYPT "," GRANT(BOB_ARN, "'Decrypt'", "") "," RESOURCE(NAMING("Deny", AWS(A1))), "explicit_deny", NULL},
	{"KMS-8", "a grant says nothing of other resources", BY(BOB_ARN) "," GET_OWN "," GRANT(BOB_ARN, "'GetObject'", ""), "implicit_deny", NULL},
	{"KMS-8", "... nor of an alias", BY(BOB_ARN) "," ON("kms:Decrypt", "arn:aws:kms:us-east-1:111111111111:alias/x") "," GRANT(BOB_ARN, "'Decrypt'", ""), "implicit_deny", NULL},
	{"KMS-8", "equals: the same context", BY(BOB_ARN) "," DECRYPT "," CONTEXT("'kms:EncryptionContext:a':'1'") "," GRANT(BOB_ARN, "'Decrypt'", ENCRYPTION("Equals")), "allowed", NULL},
	{"KMS-8", "equals: more of it", BY(BOB_ARN) "," DECRYPT "," CONTEXT("'kms:EncryptionContext:a':'1','kms:EncryptionContext:b':'2'") ","
		GRANT(BOB_ARN, "'Decrypt'", ENCRYPTION("Equals")), "implicit_deny", NULL},
	{"KMS-8", "equals: more by the keys", BY(BOB_ARN) "," DECRYPT "," CONTEXT("'kms:EncryptionContext:a':'1','kms:EncryptionContextKeys':['a','b']") ","
		GRANT(BOB_ARN, "'Decrypt'", ENCRYPTION("Equals")), "implicit_deny", NULL},
	{"KMS-8", "subset: more of it", BY(BOB_ARN) "," DECRYPT "," CONTEXT("'kms:EncryptionContext:a':'1','kms:EncryptionContext:b':'2'") ","
		GRANT(BOB_ARN, "'Decrypt'", ENCRYPTION("Subset")), "allowed", NULL},
	{"KMS-8", "subset: another value", BY(BOB_ARN) "," DECRYPT "," CONTEXT("'kms:EncryptionContext:a':'2'") "," GRANT(BOB_ARN, "'Decrypt'", ENCRYPTION("Subset")), "implicit_deny", NULL},
	{"KMS-8", "subset: none", BY(BOB_ARN) "," DECRYPT "," GRANT(BOB_ARN, "'Decrypt'", ENCRYPTION("Subset")), "implicit_deny", NULL},
	{"KMS-8", "an operation without encryption context", BY(BOB_ARN) "," ON("kms:DescribeKey", KEY_ARN) "," GRANT(BOB_ARN, "'DescribeKey'", ENCRYPTION("Equals")), "allowed", NULL},
	{"KMS-8", "a context that is not known", BY(BOB_ARN) "," UNKNOWN_CONTEXT "," DECRYPT "," GRANT(BOB_ARN, "'Decrypt'", ENCRYPTION("Subset")), "conditional",
		"{'operator':'StringEquals','key':'kms:EncryptionContext:a','values':['1']}"},
	{"KMS-8", "any session of a role: a grant to one", BY(APP_ARN) "," UNKNOWN_CONTEXT "," DECRYPT "," GRANT(S1_ARN, "'Decrypt'", ""), "conditional", "{'session_name':'s1'}"},
	{"KMS-9", "the retiring principal", BY(BOB_ARN) "," ON("kms:RetireGrant", KEY_ARN) "," GRANT(APP_ARN, "'Decrypt'", ",'RetiringPrincipal':'" BOB_ARN "'"), "allowed", NULL},
	{"KMS-9", "... retires, no more", BY(BOB_ARN) "," DECRYPT "," GRANT(APP_ARN, "'Decrypt'", ",'RetiringPrincipal':'" BOB_ARN "'"), "implicit_deny", NULL},
	{"KMS-9", "the grantee if allowed", BY(BOB_ARN) "," ON("kms:RetireGrant", KEY_ARN) "," GRANT(BOB_ARN, "'RetireGrant'", ""), "allowed", NULL},
	{"KMS-9", "... else not", BY(BOB_ARN) "," ON("kms:RetireGrant", KEY_ARN) "," GRANT(BOB_ARN, "'Decrypt'", ""), "implicit_deny", NULL},
	{"KMS-9", "the account that made it", BY(BOB_ARN) "," ON("kms:RetireGrant", KEY_ARN) "," ADMIN "," GRANT(APP_ARN, "'Decrypt'", ",'IssuingAccount':'" ROOT_ARN "'"), "allowed", NULL},
	{"KMS-9", "... another", BY(BOB_ARN) "," ON("kms:RetireGrant", KEY_ARN) "," ADMIN "," GRANT(APP_ARN, "'Decrypt'", ",'IssuingAccount':'arn:aws:iam::222222222222:root'"), "implicit_deny", NULL},
	{"KMS-9", "revoking is the key policy's", BY(BOB_ARN) "," ON("kms:RevokeGrant", KEY_ARN) "," GRANT(BOB_ARN, "'RetireGrant'", ",'RetiringPrincipal':'" BOB_ARN "'"), "implicit_deny", NULL},
	{"KMS-9", "... and IAM's", BY(BOB_ARN) "," ON("kms:RevokeGrant", KEY_ARN) "," GRANTS(AWS(A1)) "," ADMIN, "allowed", NULL},
	{"KMS-10", "aliases of AWS", BY(BOB_ARN) "," ON("kms:DeleteAlias", "arn:aws:kms:us-east-1:111111111111:alias/aws/s3") "," ADMIN, "implicit_deny", NULL},
	{"KMS-10", "... for root", BY(ROOT_ARN) "," ON("kms:CreateAlias", "arn:aws:kms:us-east-1:111111111111:alias/aws/x"), "implicit_deny", NULL},
	{"KMS-10", "aliases of the account", BY(BOB_ARN) "," ON("kms:DeleteAlias", "arn:aws:kms:us-east-1:111111111111:alias/awsome/s3") "," ADMIN, "allowed", NULL},
};

#define BUCKET	ON("s3:ListBucket", "arn:aws:s3:::b")
#define GROUP_ACL(group, permission) "'resource_acl':[{'Grantee':{'Type':'Group','URI':'http://acs.amazonaws.com/groups/global/" group "'},'Permission':'" permission "'}]"
#define USER_ACL(permission) "'resource_acl':[{'Grantee':{'Type':'CanonicalUser','ID':'" CANONICAL_ID "'},'Permission':'" permission "'}],'principal_canonical_id':'" CANONICAL_ID "'"
#define BPA(member) "'block_public_access':{'" member "':true}"
#define STRANGER BY("arn:aws:iam::222222222222:user/eve") "," ADMIN
#define PUBLIC_IF(condition) RESOURCE(DOC(STMT("Allow", "'Principal':'*'," IF(condition))))
#define RESTRICT "," BPA("RestrictPublicBuckets")

static const Rule s3[] = {
	{"S3-1", "without ACLs policies decide: none", BY("anonymous") "," BUCKET "," OWNED(A1), "implicit_deny", NULL},
	{"S3-1", "... the owner's identity policies", BY(BOB_ARN) "," GET_OWN "," ADMIN, "allowed", NULL},
	{"S3-1", "... the bucket policy", BY("anonymous") "," BUCKET "," OWNED(A1) "," GRANTS("'*'"), "allowed", NULL},
	{"S3-2", "all users", BY("anonymous") "," BUCKET "," OWNED(A1) "," GROUP_ACL("AllUsers", "READ"), "allowed", NULL},
	{"S3-2", "... by FULL_CONTROL", BY("anonymous") "," GET_OWN "," GROUP_ACL("AllUsers", "FULL_CONTROL"), "allowed", NULL},
	{"S3-2", "... not by READ_ACP", BY("anonymous") "," GET_OWN "," GROUP_ACL("AllUsers", "READ_ACP"), "implicit_deny", NULL},
	{"S3-2", "... the ACL itself", BY("anonymous") "," ON("s3:GetObjectAcl", "arn:aws:s3:::b/k") "," OWNED(A1) "," GROUP_ACL("AllUsers", "READ_ACP"), "allowed", NULL},
	{"S3-2", "... no deletion", BY("anonymous") "," ON("s3:DeleteObject", "arn:aws:s3:::b/k") "," OWNED(A1) "," GROUP_ACL("AllUsers", "FULL_CONTROL"), "implicit_deny", NULL},
	{"S3-2", "authenticated users", STRANGER "," GET_OWN "," GROUP_ACL("AuthenticatedUsers", "READ"), "allowed", NULL},
	{"S3-2", "... with a permission of their own", BY("arn:aws:iam::222222222222:user/eve") "," GET_OWN "," GROUP_ACL("AuthenticatedUsers", "READ"), "implicit_deny", NULL},
	{"S3-2", "... not unsigned", BY("anonymous") "," GET_OWN "," GROUP_ACL("AuthenticatedUsers", "READ"), "implicit_deny", NULL},
	{"S3-2", "an account by canonical id", BY(BOB_ARN) "," GET_FOREIGN "," ADMIN "," USER_ACL("READ"), "allowed", NULL},
	{"S3-2", "... whose root needs no more", BY(ROOT_ARN) "," GET_FOREIGN "," USER_ACL("READ"), "allowed", NULL},
	{"S3-2", "... another id", BY(BOB_ARN) "," GET_FOREIGN "," ADMIN ",'resource_acl':[{'Grantee':{'Type':'CanonicalUser','ID':'" CANONICAL_ID "'},'Permission':'READ'}]", "implicit_deny", NULL},
	{"S3-2", "nothing in the owner's account", BY(BOB_ARN) "," GET_OWN "," USER_ACL("FULL_CONTROL"), "implicit_deny", NULL},
	{"S3-2", "... not even to all users", BY(BOB_ARN) "," GET_OWN "," GROUP_ACL("AllUsers", "FULL_CONTROL"), "implicit_deny", NULL},
	{"S3-2", "a Deny is stronger", BY("anonymous") "," GET_OWN "," GROUP_ACL("AllUsers", "READ") "," RESOURCE(NAMING("Deny", "'*'")), "explicit_deny", NULL},
	{"S3-2", "not of another service", BY("anonymous") "," ON("sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q") "," GROUP_ACL("AllUsers", "FULL_CONTROL"), "implicit_deny", NULL},
	{"S3-3", "IgnorePublicAcls", BY("anonymous") "," GET_OWN "," GROUP_ACL("AllUsers", "READ") "," BPA("IgnorePublicAcls"), "implicit_deny", NULL},
	{"S3-3", "... of signed callers too", STRANGER "," GET_OWN "," GROUP_ACL("AuthenticatedUsers", "READ") "," BPA("IgnorePublicAcls"), "implicit_deny", NULL},
	{"S3-3", "... not of an account", BY(BOB_ARN) "," GET_FOREIGN "," ADMIN "," USER_ACL("READ") "," BPA("IgnorePublicAcls"), "allowed", NULL},
	{"S3-3", "BlockPublicAcls guards writes alone", BY("anonymous") "," GET_OWN "," GROUP_ACL("AllUsers", "READ") "," BPA("BlockPublicAcls"), "allowed", NULL},
	{"S3-3", "BlockPublicPolicy too", BY("anonymous") "," GET_OWN "," GRANTS("'*'") "," BPA("BlockPublicPolicy"), "allowed", NULL},
	{"S3-3", "RestrictPublicBuckets", BY("anonymous") "," GET_OWN "," GRANTS("'*'") RESTRICT, "implicit_deny", NULL},
	{"S3-3", "... keeps the owner's principals", BY(BOB_ARN) "," GET_OWN "," GRANTS("'*'") RESTRICT, "allowed", NULL},
	{"S3-3", "... and services", BY("logging.s3.amazonaws.com") "," GET_OWN "," GRANTS("'*'") RESTRICT, "allowed", NULL},
	{"S3-3", "... nobody else, whatever the policy names beside", STRANGER "," GET_OWN RESTRICT "," RESOURCE(DOC(STMT("Allow", FOR("'*'")) ","
			STMT("Allow", FOR(AWS("arn:aws:iam::222222222222:user/eve"))))), "implicit_deny", NULL},
	{"S3-3", "... of other services nothing", BY("anonymous") "," ON("sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q") "," GRANTS("'*'") RESTRICT, "allowed", NULL},
	{"S3-4", "fixed principals are not public", STRANGER "," GET_OWN "," GRANTS(AWS(A2)) RESTRICT, "allowed", NULL},
	{"S3-4", "NotPrincipal is", STRANGER "," GET_OWN "," RESOURCE(DOC(STMT("Allow", BUT(AWS(BOB_ARN))))) RESTRICT, "implicit_deny", NULL},
	{"S3-4", "a fixed organization is not", STRANGER "," GET_OWN "," CONTEXT("'aws:PrincipalOrgID':'o-1'") "," PUBLIC_IF("'StringEquals':{'aws:PrincipalOrgID':'o-1'}") RESTRICT, "allowed", NULL},
	{"S3-4", "a pattern is", STRANGER "," GET_OWN "," CONTEXT("'aws:PrincipalOrgID':'o-1'") "," PUBLIC_IF("'StringLike':{'aws:PrincipalOrgID':'o-*'}") RESTRICT, "implicit_deny", NULL},
	{"S3-4", "a variable is", STRANGER "," GET_OWN "," CONTEXT("'aws:SourceVpc':'v','k:a':'v'") "," PUBLIC_IF("'StringEquals':{'aws:SourceVpc':'${k:a}'}") RESTRICT, "implicit_deny", NULL},
	{"S3-4", "another key is", STRANGER "," GET_OWN "," CONTEXT("'aws:UserAgent':'x'") "," PUBLIC_IF("'StringEquals':{'aws:UserAgent':'x'}") RESTRICT, "implicit_deny", NULL},
	{"S3-4", "a network is not", STRANGER "," GET_OWN "," CONTEXT("'aws:SourceIp':'203.0.113.9'") "," PUBLIC_IF("'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}") RESTRICT, "allowed", NULL},
	{"S3-4", "every network is", STRANGER "," GET_OWN "," CONTEXT("'aws:SourceIp':'203.0.113.9'") "," PUBLIC_IF("'IpAddress':{'aws:SourceIp':'0.0.0.0/0'}") RESTRICT, "implicit_deny", NULL},
	{"S3-4", "a negated operator is", STRANGER "," GET_OWN "," PUBLIC_IF("'StringNotEquals':{'aws:PrincipalAccount':'333333333333'}") RESTRICT, "implicit_deny", NULL},
	{"S3-4", "IfExists is", STRANGER "," GET_OWN "," PUBLIC_IF("'StringEqualsIfExists':{'aws:PrincipalAccount':'222222222222'}") RESTRICT, "implicit_deny", NULL},
	{"S3-4", "one condition of two is enough", STRANGER "," GET_OWN "," PUBLIC_IF("'StringEquals':{'aws:PrincipalAccount':'222222222222'},'Null':{'k:a':'true'}") RESTRICT, "allowed", NULL},
	{"S3-4", "one public Allow of two is too many", STRANGER "," GET_OWN RESTRICT "," RESOURCE(DOC(STMT("Allow", FOR(AWS(A2))) ","
			STMT("Allow", "'Principal':'*','Action':'s3:ListBucket','Resource':'arn:aws:s3:::b'"))), "implicit_deny", NULL},
	{"S3-4", "Deny is not looked at", STRANGER "," GET_OWN RESTRICT "," RESOURCE(DOC(STMT("Allow", FOR(AWS(A2))) ","
			STMT("Deny", "'Principal':'*','Action':'s3:PutObject','Resource':'*'"))), "allowed", NULL},
	{"S3-5", "root's way back", BY(ROOT_ARN) "," ON("s3:DeleteBucketPolicy", "arn:aws:s3:::b") "," OWNED(A1) "," RESOURCE(NAMING("Deny", "'*'")), "allowed", NULL},
	{"S3-5", "... in its own account", BY(ROOT_ARN) "," ON("s3:GetBucketPolicy", "arn:aws:s3:::b") "," OWNED(A2) "," RESOURCE(NAMING("Deny", "'*'")), "explicit_deny", NULL},
	{"S3-5", "... no user's", BY(BOB_ARN) "," ON("s3:PutBucketPolicy", "arn:aws:s3:::b") "," OWNED(A1) "," ADMIN "," RESOURCE(NAMING("Deny", "'*'")), "explicit_deny", NULL},
	{"S3-5", "... not against an SCP", BY(ROOT_ARN) "," ON("s3:PutBucketPolicy", "arn:aws:s3:::b") "," OWNED(A1) "," SCPS("[" ALLOW_ALL "," DENY("s3:*") "]"), "explicit_deny", NULL},
	{"S3-5", "... nor an RCP", BY(ROOT_ARN) "," ON("s3:PutBucketPolicy", "arn:aws:s3:::b") "," OWNED(A1) "," RCPS("[" RCP_FULL "," NAMING("Deny", "'*'") "]"), "explicit_deny", NULL},
};

int
main(void)
{
	CHECK_RULES(sts);
	CHECK_RULES(reserved);
	CHECK_RULES(kms);
	CHECK_RULES(s3);
	return checks_done();
}
