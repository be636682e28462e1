/*
 * explain_test.c: what iam_explain tells (interface.md section 2, EVAL-12): the
 * decision's sentence, gates, matched statements, conditions, missing context.
 */
#include "evaluating.h"

#define USER	"'principal':'arn:aws:iam::111111111111:user/bob'"
#define SESSION "'principal':'arn:aws:sts::111111111111:assumed-role/app/s1'"
#define GET		"'action':'s3:GetObject','resource':'arn:aws:s3:::b/k','resource_account':'111111111111'"

static bool
explains(const char *document, const char *part)
{
	IamArena	arena;
	const char *got;
	char		want[1000];
	bool		found;

	snprintf(want, sizeof want, "%s", part);
	for (char *p = want; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	iam_arena_init(&arena, &iam_malloc_host);
	got = explanation_of_text(&arena, document);
	found = strstr(got, want) != NULL;
	if (!found)
		fprintf(stderr, "%s\nhas no %s\n", got, want);
	iam_arena_release(&arena);
	return found;
}

#define CHECK_PART(document, part) CHECK_RULE(explains(document, part), "EVAL-12", part)

static void
test_reasons(void)
{
	CHECK_PART("{" USER "," GET "}", "'reason':'no identity policy of the caller allows it'");
	CHECK_PART("{" USER "," GET "}", "'blocked_by':'identity'");
	CHECK_PART("{" USER "," GET ",'identity_policies':[" ALLOW_ALL "]}", "'reason':'an identity policy of the caller allows it'");
	CHECK_PART("{" USER "," GET ",'identity_policies':[" ALLOW_ALL "]}", "'blocked_by':null,'conditions':null");
	CHECK_PART("{" USER "," GET ",'identity_policies':[" ALLOW_ALL "],'service_control_policies':[[" ALLOW_ALL "],[" DENY("s3:*") "]]}",
			   "'reason':'explicitly denied by a service control policy at level 1'");
	CHECK_PART("{" USER "," GET ",'identity_policies':[" ALLOW_ALL "],'service_control_policies':[[" ALLOW_ALL "],[]]}",
			   "'reason':'no service control policy at level 1 allows it'");
	CHECK_PART("{" USER "," GET ",'resource_policy':" NAMING("Allow", "{'AWS':'arn:aws:iam::111111111111:user/bob'}") "}",
			   "'reason':'the resource policy names the caller directly, which is enough inside one account'");
	CHECK_PART("{" USER "," GET ",'permissions_boundary':" ALLOW("ec2:*") ",'identity_policies':[" ALLOW_ALL "]}",
			   "'blocked_by':'boundary'");
	CHECK_PART("{" SESSION "," GET ",'session_policies':[" ALLOW("ec2:*") "],'identity_policies':[" ALLOW_ALL "]}",
			   "'blocked_by':'session'");
	CHECK_PART("{" USER ",'action':'sts:AssumeRole','resource':'arn:aws:iam::111111111111:role/x','identity_policies':[" ALLOW_ALL "]}",
			   "'blocked_by':'trust'");
	CHECK_PART("{" USER ",'action':'s3:GetObject','resource':'arn:aws:s3:::b/k','resource_account':'222222222222','identity_policies':[" ALLOW_ALL "]}",
			   "'reason':'the resource is in another account, and its resource policy does not grant it to the caller'");
	CHECK_PART("{" USER ",'action':'s3:GetObject','resource':'arn:aws-cn:s3:::b/k'}",
			   "'reason':'the caller and the resource are in different partitions'");
}

static void
test_gates(void)
{
	const char *document = "{" USER "," GET ",'identity_policies':[" ALLOW_ALL "],'session_policies':[" DENY("*") "],"
		"'resource_policy':" NAMING("Allow", "{'AWS':'111111111111'}") ",'principal_in_management_account':true,"
		"'service_control_policies':[[" DENY("*") "]]}";

	CHECK_PART(document, "'decision':'allowed'");
	CHECK_PART(document, "{'gate':'identity','applies':true,'verdict':'allow'}");
	CHECK_PART(document, "{'gate':'session','applies':false,'verdict':'deny','note':'a user has no session policies'}");
	CHECK_PART(document, "{'gate':'resource','applies':true,'verdict':'allow','grade':'account'}");
	CHECK_PART(document, "{'gate':'scp','level':0,'applies':false,'verdict':'deny','note':'the caller is in the management account'}");
}

static void
test_statements(void)
{
	const char *document = "{" USER "," GET ",'unknown_context':true,'context':{'aws:SourceIp':null},'identity_policies':[{'name':'arn:aws:iam::111111111111:policy/p','policy':"
		"{'Version':'2012-10-17','Statement':[{'Effect':'Deny','Action':'ec2:*','Resource':'*'},"
		"{'Sid':'Mfa','Effect':'Allow','Action':['s3:List*','s3:Get*'],'Resource':'arn:aws:s3:::b/*',"
		"'Condition':{'Bool':{'aws:MultiFactorAuthPresent':'true'},'StringLike':{'s3:prefix':'${aws:PrincipalTag/team}*'},"
		"'Null':{'aws:SourceIp':'true'}}}]}}]}";

	CHECK_PART(document, "'decision':'conditional'");
	CHECK_PART(document, "'reason':'conditional: depends on aws:MultiFactorAuthPresent and s3:prefix'");
	CHECK_PART(document, "'matched_statements':[{'kind':'identity','policy':'arn:aws:iam::111111111111:policy/p','statement':1,'sid':'Mfa',"
			   "'effect':'Allow','match':'unknown','action':'s3:Get*','resource':'arn:aws:s3:::b/*','conditions':["
			   "{'operator':'Bool','key':'aws:MultiFactorAuthPresent','values':['true'],'result':'unknown'},"
			   "{'operator':'StringLike','key':'s3:prefix','values':['${aws:PrincipalTag/team}*'],'result':'unknown'},"
			   "{'operator':'Null','key':'aws:SourceIp','values':['true'],'result':'yes'}]}]");
	CHECK_PART(document, "'conditions':{'all':[{'operator':'Bool','key':'aws:MultiFactorAuthPresent','values':['true']},"
			   "{'operator':'StringLike','key':'s3:prefix','values':['${aws:PrincipalTag/team}*']}]}");
	CHECK_PART(document, "'missing_context':['aws:MultiFactorAuthPresent','aws:PrincipalTag/team','s3:prefix']");
	CHECK_PART("{" USER "," GET ",'resource_policy':" NAMING("Allow", "{'AWS':['222222222222','111111111111']}") "}",
			   "'kind':'resource','statement':0,'effect':'Allow','match':'yes','action':'*','resource':'*','principal':'111111111111','grade':'account'");
	/* a document of 2008 has no variables: the atom says so in today's words */
	CHECK_PART("{" USER "," GET ",'unknown_context':true,'identity_policies':[{'Statement':{'Effect':'Allow','Action':'*','Resource':'*',"
			   "'Condition':{'StringEquals':{'s3:prefix':'${aws:username}'}}}}]}",
			   "'conditions':{'operator':'StringEquals','key':'s3:prefix','values':['${$}{aws:username}']}");
}

static void
test_unknowns(void)
{
	CHECK_PART("{" USER "," GET ",'identity_policies':[" ALLOW_ALL "],'permissions_boundary':{'name':'lost','policy':null}}",
			   "'conditions':{'all':[{'unreadable':'lost','effect':'allow'},{'not':{'unreadable':'lost','effect':'deny'}}]}");
	CHECK_PART("{" USER "," GET ",'identity_policies':[" ALLOW_ALL "],'permissions_boundary':{'name':'lost','policy':null}}",
			   "'assumptions':['a policy of kind boundary (lost) is missing or could not be read: whatever it may say is unknown']");
	CHECK_PART("{'principal':'arn:aws:iam::111111111111:role/app','unknown_context':true," GET ",'resource_policy':"
			   NAMING("Allow", "{'AWS':'arn:aws:sts::111111111111:assumed-role/app/s1'}") "}",
			   "'conditions':{'session_name':'s1'}");
	CHECK_PART("{" USER ",'action':'s3:GetObject','resource':'arn:aws:s3:::b/*','resource_account':'111111111111','identity_policies':["
			   "{'Statement':{'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::b/x*'}}]}",
			   "'conditions':{'resource':'arn:aws:s3:::b/x*'}");
	CHECK_PART("{" USER ",'unknown_context':true," GET ",'identity_policies':[" ALLOW_ALL ",{'Statement':{'Effect':'Deny','Action':'*','Resource':'*',"
			   "'Condition':{'Bool':{'aws:SecureTransport':'false'},'StringEquals':{'s3:prefix':'x'}}}}]}",
			   "'conditions':{'not':{'all':[{'operator':'Bool','key':'aws:SecureTransport','values':['false']},"
			   "{'operator':'StringEquals','key':'s3:prefix','values':['x']}]}}");
	CHECK_RULE(explains("{" USER ",'action':'s3:GetObject','resource':'arn:aws:s3:::b/k'}",
						"is taken to be in the caller"), "ARN-14", "assumed account");
}

int
main(void)
{
	test_reasons();
	test_gates();
	test_statements();
	test_unknowns();
	return checks_done();
}
