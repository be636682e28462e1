/*
 * core_bench.c: speed of the core outside a backend.
 *
 * Prints one line per measurement and its ratio to a baseline of the same run:
 * the same question answered by reading the policies' text each time, as an
 * evaluator without a compiled form does.
 *
 * Usage: core_bench POLICIES.jsonl   (lines {"name": ..., "doc": {policy}})
 */
#define _POSIX_C_SOURCE 200809L

#include "iam_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TEN 10

static const char *const ten_names[TEN] = {
	"ReadOnlyAccess", "PowerUserAccess", "SecurityAudit", "AmazonS3FullAccess",
	"AmazonEC2FullAccess", "AWSLambda_FullAccess", "AmazonDynamoDBFullAccess",
	"IAMFullAccess", "ViewOnlyAccess", "AdministratorAccess"
};

static const char simple_policy[] =
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\","
	"\"Resource\":\"arn:aws:s3:::bucket/*\"}]}";
static const char full_access[] =
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
static const char region_scp[] =
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},"
	"{\"Effect\":\"Deny\",\"NotAction\":[\"iam:*\",\"sts:*\",\"organizations:*\"],\"Resource\":\"*\","
	"\"Condition\":{\"StringNotEquals\":{\"aws:RequestedRegion\":[\"eu-central-1\",\"eu-west-1\"]}}}]}";
static const char boundary[] =
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:*\",\"ec2:*\",\"lambda:*\"],"
	"\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":\"iam:*\",\"Resource\":\"*\"}]}";

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec + (double) t.tv_nsec * 1e-9;
}

static void
die(const char *what, const IamError *err)
{
	fprintf(stderr, "core_bench: %s: %s\n", what, err == NULL ? "" : err->message);
	exit(1);
}

static IamStr
text_of(const char *s)
{
	return (IamStr) {s, (uint32_t) strlen(s)};
}

static const IamPolicy *
compile(IamArena *arena, IamStr text)
{
	const IamPolicy *policy;
	IamError	err;

	if (!iam_policy_compile(arena, text, &policy, &err))
		die("policy", &err);
	return policy;
}

typedef struct Case
{
	const char *name;
	const IamRequest *request;
	const IamCaller *caller;
	IamNamedPolicy policies[32];
	IamStr		texts[32];
	uint32_t	count;
} Case;

static void
add_policy(IamArena *arena, Case *c, IamPolicyKind kind, int level, IamStr text)
{
	IamNamedPolicy *p = &c->policies[c->count];

	p->kind = kind;
	p->level = level;
	p->policy = compile(arena, text);
	c->texts[c->count++] = text;
}

static void
ask(IamArena *arena, Case *c, const char *name, const char *action, const char *resource)
{
	IamRequestInput request = {0};
	IamCallerInput caller = {0};
	IamError	err;
	const IamJson *context;

	c->name = name;
	c->count = 0;
	memset(c->policies, 0, sizeof c->policies);
	if (!iam_json_parse(arena, text_of("{\"aws:RequestedRegion\":\"eu-west-1\"}"), 1000, &context, &err))
		die("context", &err);
	request.action = text_of(action);
	request.resource = text_of(resource);
	request.resource_account = text_of("111111111111");
	request.context = context;
	caller.principal = text_of("arn:aws:iam::111111111111:user/bob");
	if (!iam_request_compile(arena, &request, &c->request, &err) ||
		!iam_caller_compile(arena, &caller, &c->caller, &err))
		die(name, &err);
}

static IamDecision
decide_once(IamArena *arena, const Case *c)
{
	IamDecision decision;
	IamError	err;

	if (!iam_evaluate_policies(arena, c->request, c->caller, c->policies, c->count, &decision, &err))
		die(c->name, &err);
	return decision;
}

/* Decisions per second, by doubling the work until a run lasts long enough. */
static double
rate(const Case *c, bool from_text)
{
	Case		copy = *c;
	double		seconds;
	long		n = from_text ? 1 : 1000;

	for (;; n *= 2)
	{
		double		start = now();

		for (long i = 0; i < n; i++)
		{
			IamArena	arena;

			iam_arena_init(&arena, &iam_malloc_host);
			if (from_text)
				for (uint32_t p = 0; p < c->count; p++)
					copy.policies[p].policy = compile(&arena, c->texts[p]);
			decide_once(&arena, &copy);
			iam_arena_release(&arena);
		}
		seconds = now() - start;
		if (seconds > 0.5)
			return (double) n / seconds;
	}
}

static void
report(const Case *c)
{
	IamArena	arena;
	double		compiled = rate(c, false);
	double		text = rate(c, true);

	iam_arena_init(&arena, &iam_malloc_host);
	printf("%-44s %12.0f decisions/s  %8.1f x from text (%.0f/s)  [%s]\n", c->name, compiled,
		   compiled / text, text, iam_decision_name(decide_once(&arena, c)));
	iam_arena_release(&arena);
}

static char *
read_file(const char *path, size_t *len)
{
	FILE	   *f = fopen(path, "rb");
	char	   *data;
	long		size;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
		die(path, NULL);
	rewind(f);
	data = malloc((size_t) size + 1);
	if (data == NULL || fread(data, 1, (size_t) size, f) != (size_t) size)
		die(path, NULL);
	fclose(f);
	*len = (size_t) size;
	return data;
}

int
main(int argc, char **argv)
{
	static Case simple;
	static Case ten;
	IamArena	arena;
	IamStr		documents[TEN];
	size_t		len;
	char	   *data;
	double		start;
	double		parse_seconds = 0;
	double		json_seconds = 0;
	size_t		bytes = 0;
	int			found = 0;

	if (argc != 2)
	{
		fprintf(stderr, "usage: core_bench POLICIES.jsonl\n");
		return 2;
	}
	iam_arena_init(&arena, &iam_malloc_host);
	data = read_file(argv[1], &len);
	for (char *line = data; line < data + len;)
	{
		char	   *end = memchr(line, '\n', (size_t) (data + len - line));
		IamArena	scratch;
		const IamJson *json;
		const IamJson *doc;
		const IamJson *name;
		IamError	err;
		IamBuf		text;
		IamStr		canonical;

		if (end == NULL)
			end = data + len;
		iam_arena_init(&scratch, &iam_malloc_host);
		if (!iam_json_parse(&scratch, (IamStr) {line, (uint32_t) (end - line)}, IAM_MAX_REQUEST_BYTES, &json, &err))
			die("line", &err);
		doc = iam_json_member(json, "doc");
		name = iam_json_member(json, "name");
		if (doc != NULL && name != NULL)
		{
			const IamPolicy *policy;

			if (!iam_policy_compile_json(&scratch, doc, "$", &policy, &err))
				die("document", &err);
			canonical = iam_slice(policy, policy->text);
			iam_buf_init(&text, &arena);
			iam_buf_str(&text, canonical);
			canonical = iam_buf_result(&text);
			for (int i = 0; i < TEN; i++)
				if (iam_str_equal(name->text, text_of(ten_names[i])))
				{
					documents[i] = canonical;
					found++;
				}
			bytes += canonical.len;
			start = now();
			compile(&scratch, canonical);
			parse_seconds += now() - start;
			start = now();
			if (!iam_json_parse(&scratch, canonical, IAM_MAX_POLICY_BYTES, &json, &err))
				die("document", &err);
			json_seconds += now() - start;
		}
		iam_arena_release(&scratch);
		line = end + 1;
	}
	printf("%-44s %12.1f MB/s         %8.2f x JSON parsing alone (%.1f MB/s)\n", "parse and compile",
		   (double) bytes / parse_seconds / 1e6, json_seconds / parse_seconds, (double) bytes / json_seconds / 1e6);
	if (found < TEN)
		die("the ten managed policies are not all in the file", NULL);

	ask(&arena, &simple, "one Allow", "s3:GetObject", "arn:aws:s3:::bucket/key");
	add_policy(&arena, &simple, IAM_KIND_IDENTITY, 0, text_of(simple_policy));
	report(&simple);

	for (int which = 0; which < 3; which++)
	{
		static const char *const names[] = {
			"ten managed policies, 3 SCPs, boundary: S3", "the same: EC2", "the same: denied IAM"
		};
		static const char *const asked[] = {"s3:GetObject", "ec2:RunInstances", "iam:CreateUser"};
		static const char *const resources[] = {
			"arn:aws:s3:::bucket/key", "arn:aws:ec2:eu-west-1:111111111111:instance/i-1",
			"arn:aws:iam::111111111111:user/new"
		};

		ask(&arena, &ten, names[which], asked[which], resources[which]);
		for (int i = 0; i < TEN; i++)
			add_policy(&arena, &ten, IAM_KIND_IDENTITY, 0, documents[i]);
		add_policy(&arena, &ten, IAM_KIND_SCP, 0, text_of(full_access));
		add_policy(&arena, &ten, IAM_KIND_SCP, 1, text_of(region_scp));
		add_policy(&arena, &ten, IAM_KIND_SCP, 2, text_of(full_access));
		add_policy(&arena, &ten, IAM_KIND_BOUNDARY, 0, text_of(boundary));
		report(&ten);
	}
	iam_arena_release(&arena);
	free(data);
	return 0;
}
