#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/strs.h"
#include "codec/sudoers.h"
#include "codec/sudoers_match.h"
#include "codec/sudoers_text.h"
#include "model/names.h"

static const char *const verdicts[SUDOERS_VERDICT_COUNT] = {
	[SUDOERS_NONE] = "none",
	[SUDOERS_EXACT] = "exact",
	[SUDOERS_ROOT] = "root",
	[SUDOERS_DENIED] = "denied",
	[SUDOERS_UNSURE] = "unsure",
};

const char *sudoers_verdict_name(enum sudoers_verdict v)
{
	return verdicts[v];
}

struct question {
	const char *user;
	const struct strs *argv; /* NULL: anything that is as good as root */
};

/* How a list of users stands to ours. */
enum who { WHO_OTHER, WHO_OURS, WHO_UNSURE };

/* A group or netgroup is taken as another's: opsdeck's logins are in no group but their own. */
static enum who who_is(const char *item, const char *user)
{
	if (!strcmp(item, user) || !strcmp(item, "ALL"))
		return WHO_OURS;
	if (*item == '%' || *item == '+')
		return WHO_OTHER;
	if (*item == '!' || *item == '#' || *item == '"' || strchr(item, '\\'))
		return WHO_UNSURE;
	for (const char *c = item; *c; c++) { /* an alias is all capitals */
		if (!isupper((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
			return WHO_OTHER;
	}
	return WHO_UNSURE;
}

/* The words before the hosts: "a, b ALL = ..." gives the end of the user list. NULL: no user rule.
 */
static const char *read_users(const char *s, const char *user, enum who *who)
{
	struct buf item = {0};

	*who = WHO_OTHER;
	for (;;) {
		enum who w;

		s = sudoers_take_until(&item, s, " \t,=:");
		if (!item.len) {
			s = NULL;
			break;
		}
		w = who_is(buf_str(&item), user);
		if (w == WHO_UNSURE || (w == WHO_OURS && *who == WHO_OTHER))
			*who = w;
		s = sudoers_skip_blanks(s);
		if (*s != ',')
			break;
		s++;
	}
	buf_finish(&item);
	return s;
}

struct rule {
	bool hosts_all;	   /* the host list is the one word ALL */
	bool runs_as_root; /* (root), (ALL), (ALL:ALL) or nothing: root */
	bool runas_plain;  /* what stands in the brackets was understood */
	bool nopasswd;
};

static void read_runas(struct rule *r, const char *text)
{
	static const char *const root[] = {
		"root", "ALL", "ALL:ALL", "ALL : ALL", "root:root", NULL};
	bool known = false;

	for (size_t i = 0; root[i]; i++)
		known |= str_eq(root[i], text);
	r->runs_as_root = known;
	r->runas_plain =
		known || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text);
}

/* "(root) NOPASSWD: SETENV:" before a command. Returns where the command begins. A tag that is not
 * known to be harmless makes the rule not plain. */
static const char *read_tags(struct rule *r, const char *s)
{
	static const char *const harmless[] = {"LOG_INPUT", "NOLOG_INPUT", "LOG_OUTPUT",
		"NOLOG_OUTPUT", "MAIL", "NOMAIL", "EXEC", "NOSETENV", "FOLLOW", "NOFOLLOW", NULL};
	struct buf word = {0};

	s = sudoers_skip_blanks(s);
	if (*s == '(') {
		s = sudoers_take_until(&word, s + 1, ")");
		read_runas(r, buf_str(&word));
		s = *s ? s + 1 : s;
	}
	for (;;) {
		const char *after = sudoers_take_until(&word, s, " \t:,=/\"");
		int i;

		after = sudoers_skip_blanks(after);
		if (*after != ':' || !word.len)
			break;
		if (str_eq(buf_str(&word), "NOPASSWD"))
			r->nopasswd = true;
		else if (str_eq(buf_str(&word), "PASSWD"))
			r->nopasswd = false;
		else if (!names_find(harmless, 10, buf_str(&word), &i))
			r->runas_plain = false; /* NOEXEC, SETENV, INTERCEPT, ... */
		s = after + 1;
	}
	buf_finish(&word);
	return sudoers_skip_blanks(s);
}

static void judge(struct sudoers_answer *out, const struct rule *r, enum who who,
	enum sudoers_match m, bool negated, int line)
{
	enum sudoers_verdict v = SUDOERS_UNSURE;

	if (m == MATCH_NO || (!r->runs_as_root && r->runas_plain))
		return;
	if (who == WHO_OURS && m != MATCH_UNSURE && r->runas_plain && r->hosts_all) {
		if (negated || !r->nopasswd)
			v = SUDOERS_DENIED;
		else
			v = m == MATCH_EXACT ? SUDOERS_EXACT : SUDOERS_ROOT;
	}
	out->rules = v;
	out->rules_line = line;
}

/* One "HOSTS = COMMANDS" part; returns what stands behind it (a ':' begins another part). */
static const char *read_part(
	const char *s, const struct question *q, enum who who, int line, struct sudoers_answer *out)
{
	struct rule r = {.runs_as_root = true, .runas_plain = true};
	struct buf word = {0};

	s = sudoers_take_until(&word, s, "=");
	r.hosts_all = str_eq(buf_str(&word), "ALL") || !q->argv;
	if (*s == '=')
		s++;
	for (;;) {
		bool negated = false;

		s = read_tags(&r, s);
		for (; *s == '!'; s = sudoers_skip_blanks(s + 1))
			negated = !negated;
		s = sudoers_take_until(&word, s, ",:");
		if (!q->argv) /* a password is no bar, and what a line takes away gives nothing */
			r.nopasswd = true;
		if (word.len && (q->argv || !negated))
			judge(out, &r, who, sudoers_match(buf_str(&word), q->argv), negated, line);
		if (*s != ',')
			break;
		s++;
	}
	buf_finish(&word);
	return s;
}

static bool starts_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return !strncmp(s, word, n) && (!s[n] || strchr(" \t:@!>", s[n]));
}

/* Whether a Defaults line with this behind the word is for `user`; when in doubt it is. */
static bool defaults_apply(const char *rest, const char *user)
{
	struct buf who = {0};
	bool ours;

	if (*rest != ':')
		return true;
	sudoers_take_until(&who, rest + 1, " \t");
	ours = str_eq(buf_str(&who), user) || strpbrk(buf_str(&who), ",!%#\"") ||
	       isupper((unsigned char)*buf_str(&who));
	buf_finish(&who);
	return ours;
}

static void read_defaults(const char *s, const char *user, int line, struct sudoers_answer *out)
{
	const char *rest = s + strlen("Defaults"), *at = strstr(rest, "requiretty");

	if (!at || !defaults_apply(rest, user))
		return;
	out->requiretty_line = at[-1] == '!' ? 0 : line;
}

static void read_line(const char *s, const struct question *q, int line, struct sudoers_answer *out)
{
	static const char *const aliases[] = {
		"User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias", "Cmd_Alias"};
	enum who who;

	s = sudoers_skip_blanks(s);
	if (!*s || *s == '@' || starts_word(s, "#include") || starts_word(s, "#includedir"))
		return;
	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
		if (starts_word(s, aliases[i]))
			return;
	}
	if (starts_word(s, "Defaults")) {
		read_defaults(s, q->user, line, out);
		return;
	}
	s = read_users(s, q->user, &who);
	if (!s || who == WHO_OTHER)
		return;
	do
		s = read_part(sudoers_skip_blanks(*s == ':' ? s + 1 : s), q, who, line, out);
	while (*s == ':');
}

bool sudoers_allows(struct sudoers_answer *out, const char *text, size_t n, const char *user,
	const struct strs *argv)
{
	const struct question q = {.user = user, .argv = argv};
	struct sudoers_text t = {.p = text, .end = text + n, .line = 1};
	struct sudoers_answer a = *out;
	struct buf line = {0};
	bool said = false;
	int no;

	while (argv->n && sudoers_next_line(&t, &line, &no)) {
		int tty = a.requiretty_line;

		a.rules_line = 0;
		if (strlen(buf_str(&line)) != line.len) {
			a.rules = SUDOERS_UNSURE; /* a NUL: who knows what sudo reads */
			a.rules_line = no;
		} else {
			read_line(buf_str(&line), &q, no, &a);
		}
		if (a.rules_line) {
			out->rules = a.rules;
			out->rules_line = a.rules_line;
		}
		said |= a.rules_line || a.requiretty_line != tty;
	}
	buf_finish(&line);
	out->requiretty_line = a.requiretty_line;
	out->verdict = out->requiretty_line ? SUDOERS_DENIED : out->rules;
	out->line = out->requiretty_line ? out->requiretty_line : out->rules_line;
	return said;
}

/* Asks each line by itself; a line that takes away gives nothing. */
size_t sudoers_wide_lines(int *lines, size_t max, const char *text, size_t n, const char *user)
{
	const struct question q = {.user = user};
	struct sudoers_text t = {.p = text, .end = text + n, .line = 1};
	struct buf line = {0};
	size_t count = 0;
	int no;

	while (sudoers_next_line(&t, &line, &no)) {
		struct sudoers_answer a = {0};

		read_line(buf_str(&line), &q, no, &a);
		if (a.rules != SUDOERS_ROOT && a.rules != SUDOERS_UNSURE)
			continue;
		if (count < max)
			lines[count] = no;
		count++;
	}
	buf_finish(&line);
	return count;
}
