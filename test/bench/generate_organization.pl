#!/usr/bin/perl
# generate_organization.pl: exports of a made-up organization, for benchmarks.
#
#   generate_organization.pl FOLDER [accounts=100] [roles=200] [users=20] [inline=25] [seed=1] [policies=FILE]
#
# Writes FOLDER/organization.json (Organization, Roots, OrganizationalUnits,
# Accounts, OrganizationPolicies and targets), FOLDER/resources.json and
# FOLDER/account-NNNNNNNNNNNN.json (account authorization details).  The same
# arguments give the same files.  The skew is that of real organizations: the ten
# most used AWS managed policies have 40 % of the attachments (administrators are
# few), every account has customer managed policies of its own, inline percent of
# the roles have an inline policy, a long tail, 40 % of statements have conditions,
# some identities have boundaries; most roles trust a service, the others account
# roots, roles (chains), OpenID Connect and other accounts.  With 1,000 accounts of
# 1,000 roles: 2.2 million attachments, 5 million assume edges.  policies names a
# file of {"name", "arn", "doc"} lines to take AWS's real documents from; without it
# small ones stand in.
use strict;
use warnings;

my $folder = shift @ARGV or die "usage: generate_organization.pl FOLDER [accounts=N] [roles=N] [users=N] [inline=N] [seed=N] [policies=FILE]\n";
my %option = (accounts => 100, roles => 200, users => 20, inline => 25, seed => 1, policies => '');
for (@ARGV) {
	my ($name, $value) = split /=/, $_, 2;
	die "unknown option $name\n" unless defined $value && exists $option{$name};
	$option{$name} = $value;
}

# xorshift on 32 bits: the same numbers on every machine
my $state = ($option{seed} * 2654435761 + 1) & 0xffffffff || 1;
sub draw {
	my ($bound) = @_;
	$state ^= ($state << 13) & 0xffffffff;
	$state ^= $state >> 17;
	$state ^= ($state << 5) & 0xffffffff;
	return $state % $bound;
}
sub pick { return $_[draw(scalar @_)] }
sub chance { return draw(100) < $_[0] }

my @services = qw(s3 ec2 lambda dynamodb sqs sns kms iam sts logs cloudwatch rds ecr ssm secretsmanager events states glue athena batch);
my @verbs = qw(Get Put List Describe Create Delete Update Start Stop Tag);
my @nouns = qw(Object Bucket Instance Function Table Queue Topic Key Item Secret Stream Log Image Rule Job);

my @managed;
if ($option{policies} ne '') {
	open my $in, '<', $option{policies} or die "$option{policies}: $!\n";
	while (<$in>) {
		my ($name) = /"name"\s*:\s*"([^"]+)"/;
		my ($arn) = /"arn"\s*:\s*"([^"]+)"/;
		my ($doc) = /"doc"\s*:\s*(\{.*\})\s*\}\s*$/;
		push @managed, {name => $name, arn => $arn, doc => $doc} if defined $doc;
	}
	# the ten that are used most come first
	my @used_most = qw(ReadOnlyAccess SecurityAudit AmazonS3FullAccess AWSLambda_FullAccess AmazonDynamoDBFullAccess ViewOnlyAccess
		AmazonEC2FullAccess IAMFullAccess PowerUserAccess AdministratorAccess);
	my %rank = map { $used_most[$_] => $_ } 0 .. $#used_most;
	@managed = sort { ($rank{$a->{name}} // 99) <=> ($rank{$b->{name}} // 99) || $a->{name} cmp $b->{name} } @managed;
} else {
	for my $n (1 .. 200) {
		my $name = $n == 10 ? 'AdministratorAccess' : sprintf 'Example%sAccess%d', ucfirst pick(@services), $n;
		my $action = $n == 10 ? '"*"' : sprintf '["%s:%s*","%s:List*"]', pick(@services), pick(@verbs), pick(@services);
		push @managed, {name => $name, arn => "arn:aws:iam::aws:policy/$name",
			doc => qq({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":$action,"Resource":"*"}]})};
	}
}
$managed[$_]{id} = sprintf 'ANPAAWS%06d', $_ for 0 .. $#managed;
# percent of all attachments that each of the ten has; 40 together
my @share = (9, 7, 6, 5, 4, 4, 2, 1, 1, 1);
sub pick_managed {
	my $at = draw(100);
	for my $n (0 .. $#share) {
		return $managed[$n] if $n < @managed && ($at -= $share[$n]) < 0;
	}
	return pick(@managed);
}

sub account_id { return sprintf '%012d', 100000000000 + 7919 * $_[0] }

sub condition {
	return '' unless chance(40);
	return ',"Condition":' . pick(
		'{"Bool":{"aws:MultiFactorAuthPresent":"true"}}',
		'{"StringEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}',
		'{"StringEquals":{"aws:PrincipalOrgID":"o-benchmark01"}}',
		'{"StringLike":{"s3:prefix":["home/${aws:username}/*"]}}',
		'{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}}',
		'{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}');
}

sub resource {
	my ($account) = @_;
	return '"*"' if chance(36);
	return pick(
		sprintf('"arn:aws:s3:::bucket-%d-%d/*"', $account, draw(20)),
		sprintf('["arn:aws:s3:::bucket-%d-%d","arn:aws:s3:::bucket-%d-%d/*"]', $account, draw(20), $account, draw(20)),
		sprintf('"arn:aws:dynamodb:*:%s:table/app-%d*"', account_id($account), draw(50)),
		sprintf('"arn:aws:lambda:eu-west-1:%s:function:fn-%d"', account_id($account), draw(50)),
		sprintf('"arn:aws:sqs:*:%s:*"', account_id($account)));
}

sub inline_policy {
	my ($account) = @_;
	my @statements;
	for (0 .. draw(3)) {
		my $service = pick(@services);
		my @actions = map { sprintf '"%s:%s%s"', $service, pick(@verbs), chance(30) ? '*' : pick(@nouns) } 0 .. draw(4);
		push @statements, sprintf '{"Effect":"%s","Action":[%s],"Resource":%s%s}',
			chance(8) ? 'Deny' : 'Allow', join(',', @actions), resource($account), condition();
	}
	push @statements, sprintf '{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::%s:role/%s"}',
		account_id(chance(70) ? $account : draw($option{accounts})), chance(20) ? '*' : 'role-' . draw($option{roles})
		if chance(15);
	return '{"Version":"2012-10-17","Statement":[' . join(',', @statements) . ']}';
}

sub trust_policy {
	my ($account) = @_;
	my $own = account_id($account);
	my $kind = draw(100);
	my ($principal, $action, $condition) = ('', 'sts:AssumeRole', '');
	if ($kind < 70) {
		$principal = sprintf '{"Service":"%s.amazonaws.com"}', pick(qw(ec2 lambda ecs-tasks states glue events));
	} elsif ($kind < 76) {
		$principal = qq({"AWS":"arn:aws:iam::$own:root"});
	} elsif ($kind < 86) {
		$principal = sprintf '{"AWS":"arn:aws:iam::%s:role/role-%d"}', $own, draw($option{roles});
	} elsif ($kind < 90) {
		$principal = sprintf '{"AWS":"arn:aws:iam::%s:root"}', account_id(draw($option{accounts}));
		$condition = ',"Condition":{"StringEquals":{"sts:ExternalId":"x-' . draw(1000) . '"}}' if chance(50);
	} elsif ($kind < 97) {
		$principal = qq({"Federated":"arn:aws:iam::$own:oidc-provider/token.actions.githubusercontent.com"});
		$action = 'sts:AssumeRoleWithWebIdentity';
		$condition = sprintf ',"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:example-org/app-%d:*"}}', draw(100);
	} else {
		$principal = sprintf '{"AWS":"arn:aws:iam::%012d:root"}', 900000000000 + draw(50);
	}
	return qq({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":$principal,"Action":"$action"$condition}]});
}

sub write_file {
	my ($name, $text) = @_;
	open my $out, '>', "$folder/$name" or die "$folder/$name: $!\n";
	print $out $text;
	close $out or die "$folder/$name: $!\n";
}

my $own_policies = 10;	# customer managed ones that are attached, in each account
sub attachments {
	my ($used, $id) = @_;
	my %seen;
	if (chance(20)) {
		my $name = 'team-' . draw($own_policies);
		$seen{"arn:aws:iam::$id:policy/$name"} = {name => $name};
	}
	for (0 .. draw(3)) {
		my $policy = pick_managed();
		$seen{$policy->{arn}} = $policy;
		$used->{$policy->{arn}} = $policy;
	}
	return join ',', map { qq({"PolicyName":"$seen{$_}{name}","PolicyArn":"$_"}) } sort keys %seen;
}

mkdir $folder;
my $attachments = 0;
for my $n (0 .. $option{accounts} - 1) {
	my $id = account_id($n);
	my (%used, @roles, @users, @groups, @policies);
	my $boundary = qq("PermissionsBoundary":{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":"arn:aws:iam::$id:policy/boundary"},);
	for my $r (0 .. $option{roles} - 1) {
		my $inline = chance($option{inline}) ? sprintf '{"PolicyName":"inline","PolicyDocument":%s}', inline_policy($n) : '';
		my $bound = chance(10) ? $boundary : '';
		push @roles, sprintf '{"Path":"/","RoleName":"role-%d","RoleId":"AROA%s%06d","Arn":"arn:aws:iam::%s:role/role-%d","CreateDate":"2024-01-02T03:04:05+00:00",'
			. '"AssumeRolePolicyDocument":%s,"InstanceProfileList":[],"RolePolicyList":[%s],%s"AttachedManagedPolicies":[%s],"Tags":[{"Key":"team","Value":"t%d"}],"RoleLastUsed":{}}',
			$r, substr($id, 3), $r, $id, $r, trust_policy($n), $inline, $bound, attachments(\%used, $id), draw(20);
	}
	for my $u (0 .. $option{users} - 1) {
		my $inline = chance(30) ? sprintf '"UserPolicyList":[{"PolicyName":"inline","PolicyDocument":%s}],', inline_policy($n) : '';
		push @users, sprintf '{"Path":"/","UserName":"user-%d","UserId":"AIDA%s%06d","Arn":"arn:aws:iam::%s:user/user-%d","CreateDate":"2024-01-02T03:04:05+00:00",'
			. '%s%s"GroupList":["group-%d"],"AttachedManagedPolicies":[%s],"Tags":[]}',
			$u, substr($id, 3), $u, $id, $u, $inline, chance(20) ? $boundary : '', draw(5), chance(30) ? attachments(\%used, $id) : '';
	}
	for my $g (0 .. 4) {
		push @groups, sprintf '{"Path":"/","GroupName":"group-%d","GroupId":"AGPA%s%06d","Arn":"arn:aws:iam::%s:group/group-%d","CreateDate":"2024-01-02T03:04:05+00:00","GroupPolicyList":[],"AttachedManagedPolicies":[%s]}',
			$g, substr($id, 3), $g, $id, $g, attachments(\%used, $id);
	}
	my $version = sub { sprintf '{"PolicyName":"%s","PolicyId":"%s","Arn":"%s","Path":"/","DefaultVersionId":"v1","AttachmentCount":1,"IsAttachable":true,"CreateDate":"2023-01-01T00:00:00Z","UpdateDate":"2023-01-01T00:00:00Z","PolicyVersionList":[{"Document":%s,"VersionId":"v1","IsDefaultVersion":true,"CreateDate":"2023-01-01T00:00:00Z"}]}', @_ };
	push @policies, $version->('boundary', 'ANPA' . substr($id, 3) . 'B', "arn:aws:iam::$id:policy/boundary",
		'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}]}');
	push @policies, map { $version->("team-$_", 'ANPA' . substr($id, 3) . "T$_", "arn:aws:iam::$id:policy/team-$_", inline_policy($n)) } 0 .. $own_policies - 1;
	push @policies, map { $version->($used{$_}{name}, $used{$_}{id}, $_, $used{$_}{doc}) } sort keys %used;
	write_file("account-$id.json", '{"UserDetailList":[' . join(",\n", @users) . '],"GroupDetailList":[' . join(",\n", @groups)
		. '],"RoleDetailList":[' . join(",\n", @roles) . '],"Policies":[' . join(",\n", @policies) . "]}\n");
}

# a root, ten units below it, one more for every ten accounts in those, deny policies on some
my $units = int(($option{accounts} + 9) / 10);
my $management = account_id(0);
my $unit = sub { sprintf '{"Id":"ou-bnch-%08d","Arn":"arn:aws:organizations::%s:ou/o-benchmark01/ou-bnch-%08d","Name":"unit-%d","ParentId":"%s"}', $_[0], $management, $_[0], $_[0], $_[1] };
my @ous = ((map { $unit->(90000000 + $_, 'r-bnch') } 0 .. 9), map { $unit->($_, sprintf 'ou-bnch-%08d', 90000000 + $_ % 10) } 0 .. $units - 1);
my @accounts = map { sprintf '{"Id":"%s","Arn":"arn:aws:organizations::%s:account/o-benchmark01/%s","Email":"a%d@example.com","Name":"account-%d","Status":"ACTIVE","ParentId":"%s"}',
	account_id($_), $management, account_id($_), $_, $_, $_ == 0 ? 'r-bnch' : sprintf('ou-bnch-%08d', int($_ / 10)) } 0 .. $option{accounts} - 1;
my $region = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","sts:*","organizations:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}}]}';
my $full = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
my $summary = sub { sprintf '{"PolicySummary":{"Id":"%s","Arn":"arn:aws:organizations::%s:policy/o-benchmark01/service_control_policy/%s","Name":"%s","Type":"SERVICE_CONTROL_POLICY","AwsManaged":%s},"Content":%s}', $_[0], $management, $_[0], $_[1], $_[2], $_[3] };
my @targets = map { qq({"PolicyId":"p-FullAWSAccess","TargetId":"$_"}) } 'r-bnch', (map { sprintf 'ou-bnch-%08d', $_ } 0 .. $units - 1, 90000000 .. 90000009), (map { account_id($_) } 0 .. $option{accounts} - 1);
push @targets, map { sprintf '{"PolicyId":"p-region0001","TargetId":"ou-bnch-%08d"}', $_ } grep { $_ % 2 == 0 } 0 .. $units - 1;
write_file('organization.json', qq({"Organization":{"Id":"o-benchmark01","Arn":"arn:aws:organizations::$management:organization/o-benchmark01","FeatureSet":"ALL","MasterAccountId":"$management"},)
	. '"Roots":[{"Id":"r-bnch","Arn":"arn:aws:organizations::' . $management . ':root/o-benchmark01/r-bnch","Name":"Root","PolicyTypes":[{"Type":"SERVICE_CONTROL_POLICY","Status":"ENABLED"}]}],'
	. '"OrganizationalUnits":[' . join(',', @ous) . '],"Accounts":[' . join(',', @accounts) . '],"OrganizationPolicies":['
	. $summary->('p-FullAWSAccess', 'FullAWSAccess', 'true', $full) . ',' . $summary->('p-region0001', 'regions', 'false', $region)
	. '],"OrganizationPolicyTargets":[' . join(',', @targets) . "]}\n");
my @resources;
for my $n (0 .. $option{accounts} - 1) {
	for my $b (0 .. 4) {
		my $principal = pick('"*"', sprintf('{"AWS":"arn:aws:iam::%s:root"}', account_id(draw($option{accounts}))), '{"Service":"cloudtrail.amazonaws.com"}');
		push @resources, sprintf '{"Arn":"arn:aws:s3:::bucket-%d-%d","AccountId":"%s","Policy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":%s,"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-%d-%d/*"%s}]}}',
			$n, $b, account_id($n), $principal, $n, $b, condition();
	}
}
write_file('resources.json', '{"Resources":[' . join(",\n", @resources) . "]}\n");
