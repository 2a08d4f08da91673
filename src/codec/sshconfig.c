#include "config.h"

#include "codec/sshconfig.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"

#define DEPTH_MAX 16
#define FILES_MAX 500 /* a file that includes itself twice would else take for ever */
#define SETTINGS_MAX 20000
#define BLOCKS_MAX 20000
#define PATTERNS_MAX 200 /* of one Host line */

/* What counts for fleet.yml, or is worth a word. */
enum key { KEY_HOST, KEY_USER, KEY_PORT, KEY_JUMP, KEY_COMMAND, KEY_COUNT };
static const char *const keys[KEY_COUNT] = {
	"HostName", "User", "Port", "ProxyJump", "ProxyCommand"};

/* Settings count where the patterns match. */
struct block {
	struct strs patterns; /* none: everywhere */
	bool never;
	int outer; /* block that an included file stands in; -1 = none */
};

struct setting {
	enum key key;
	char *value;
	int block;
};

struct declared {
	char *name, *file;
	int line, col;
};

struct config {
	struct block *blocks;
	size_t block_count, block_cap;
	struct setting *settings;
	size_t setting_count, setting_cap;
	struct declared *hosts;
	size_t host_count, host_cap;
	size_t files;
	struct strs *left_out;
	ssh_include_fn *include;
	void *arg;
	struct err *e;
};

/* One line, and where it stands. */
struct line {
	const char *file;
	int line, col, depth;
	struct strs words;
};

static void config_finish(struct config *c)
{
	for (size_t i = 0; i < c->block_count; i++)
		strs_finish(&c->blocks[i].patterns);
	for (size_t i = 0; i < c->setting_count; i++)
		free(c->settings[i].value);
	for (size_t i = 0; i < c->host_count; i++) {
		free(c->hosts[i].name);
		free(c->hosts[i].file);
	}
	free(c->blocks);
	free(c->settings);
	free(c->hosts);
}

static int line_err(
	const struct config *c, const struct line *l, enum err_code code, const char *text)
{
	return err_set(c->e, code, "%s:%d:%d: %s", l->file, l->line, l->col, text);
}

static int new_block(struct config *c, int outer)
{
	struct block *b = ARR_ADD(c->blocks, c->block_count, c->block_cap);

	b->outer = outer;
	return (int)c->block_count - 1;
}

/* The line's words: blanks between, quotes around, one "=" behind the first, "#" ends it. */
static int split(struct config *c, struct line *l, const char *text)
{
	const char *s = text;

	for (;;) {
		struct buf word = {0};
		char quote = '\0';

		s += strspn(s, " \t\r\f");
		if (l->words.n == 1 && *s == '=')
			s += 1 + strspn(s + 1, " \t");
		if (!*s || *s == '#')
			return 0;
		l->col = l->words.n ? l->col : (int)(s - text) + 1;
		for (const char *begin = s; *s && (quote || !strchr(" \t\r\f", *s)); s++) {
			if (!l->words.n && !quote && *s == '=' && s > begin)
				break;
			if (quote ? *s == quote : *s == '"' || *s == '\'')
				quote = quote ? '\0' : *s;
			else
				buf_addc(&word, *s);
		}
		strs_take(&l->words, buf_take(&word));
		if (quote)
			return line_err(c, l, ERR_INPUT, "a quote is not closed");
	}
}

/* ---- lines ---- */

static bool is_concrete(const char *pattern)
{
	return *pattern && !strpbrk(pattern, "*?!");
}

static int declare(struct config *c, const char *host, const struct line *l)
{
	for (size_t i = 0; i < c->host_count; i++)
		if (str_eq(c->hosts[i].name, host))
			return 0;
	if (c->host_count >= FOUND_HOSTS_MAX)
		return line_err(c, l, ERR_LIMIT, "more than 5000 hosts");
	*ARR_ADD(c->hosts, c->host_count, c->host_cap) = (struct declared){
		.name = xstrdup(host), .file = xstrdup(l->file), .line = l->line, .col = l->col};
	return 0;
}

static int begin_host(struct config *c, const struct line *l, int outer, int *at)
{
	*at = new_block(c, outer);
	if (l->words.n > PATTERNS_MAX)
		return line_err(c, l, ERR_LIMIT, "more than 200 patterns in one line");
	for (size_t i = 1; i < l->words.n; i++) {
		strs_add(&c->blocks[*at].patterns, l->words.v[i]);
		if (is_concrete(l->words.v[i]) && declare(c, l->words.v[i], l))
			return -1;
	}
	return 0;
}

/* Its criteria are of the machine, the user and the session: only "all" says something of hosts. */
static void begin_match(struct config *c, const struct line *l, int outer, int *at)
{
	*at = new_block(c, outer);
	if (l->words.n == 2 && !strcasecmp(l->words.v[1], "all"))
		return;
	c->blocks[*at].never = true;
	strs_addf(
		c->left_out, "%s:%d:%d: this Match block is passed over", l->file, l->line, l->col);
}

static int read_text(
	struct config *c, const char *text, size_t n, const char *name, int block, int depth);

static int include(struct config *c, const struct line *l, int block)
{
	int rc = 0;

	if (l->depth >= DEPTH_MAX)
		return line_err(c, l, ERR_INPUT, "Include is nested deeper than 16: a loop?");
	for (size_t i = 1; !rc && c->include && i < l->words.n; i++) {
		struct strs names = {0}, texts = {0};

		rc = c->include(c->arg, l->words.v[i], &names, &texts, c->e);
		for (size_t k = 0; !rc && k < texts.n; k++) {
			if (++c->files > FILES_MAX)
				rc = line_err(c, l, ERR_LIMIT, "more than 500 files are included");
			else
				rc = read_text(c, texts.v[k], strlen(texts.v[k]), names.v[k], block,
					l->depth + 1);
		}
		strs_finish(&names);
		strs_finish(&texts);
	}
	return rc;
}

static int set(struct config *c, const struct line *l, int block)
{
	for (int i = 0; i < KEY_COUNT; i++) {
		if (strcasecmp(l->words.v[0], keys[i]) != 0)
			continue;
		if (c->setting_count >= SETTINGS_MAX)
			return line_err(c, l, ERR_LIMIT, "more than 20000 settings");
		*ARR_ADD(c->settings, c->setting_count, c->setting_cap) = (struct setting){
			.key = (enum key)i, .value = xstrdup(l->words.v[1]), .block = block};
	}
	return 0;
}

static bool is_keyword(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]))
		n++;
	return n && !s[n];
}

/* `outer` is the block that the file stands in, *at the one that the line stands in. */
static int read_line(struct config *c, const struct line *l, int outer, int *at)
{
	const char *key = l->words.n ? l->words.v[0] : NULL;

	if (!key)
		return 0;
	if (!is_keyword(key))
		return err_set(c->e, ERR_INPUT, "%s:%d:%d: \"%.40s\" is no keyword of ssh_config",
			l->file, l->line, l->col, key);
	if (l->words.n < 2)
		return err_set(c->e, ERR_INPUT, "%s:%d:%d: %.40s has no value", l->file, l->line,
			l->col, key);
	if (c->block_count >= BLOCKS_MAX)
		return line_err(c, l, ERR_LIMIT, "more than 20000 blocks");
	if (!strcasecmp(key, "host"))
		return begin_host(c, l, outer, at);
	if (!strcasecmp(key, "match"))
		begin_match(c, l, outer, at);
	else if (!strcasecmp(key, "include"))
		return include(c, l, *at);
	else
		return set(c, l, *at);
	return 0;
}

static int read_text(
	struct config *c, const char *text, size_t n, const char *name, int block, int depth)
{
	const char *end = text + n;
	int at = block, rc = 0;

	for (int number = 1; !rc && text < end; number++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((stop ? stop : end) - text);
		struct line l = {.file = name, .line = number, .col = 1, .depth = depth};
		char *s = xstrndup(text, len);

		if (memchr(text, '\0', len))
			rc = line_err(c, &l, ERR_INPUT, "a NUL byte: this is no text");
		else
			rc = split(c, &l, s);
		if (!rc)
			rc = read_line(c, &l, block, &at);
		strs_finish(&l.words);
		free(s);
		text += len + 1;
	}
	return rc;
}

/* ---- what the file says of one host ---- */

static bool block_matches(const struct block *b, const char *host)
{
	bool yes = !b->patterns.n;

	if (b->never)
		return false;
	for (size_t i = 0; i < b->patterns.n; i++) {
		const char *p = b->patterns.v[i];

		if (*p == '!' && str_glob(p + 1, host))
			return false;
		yes = yes || (*p != '!' && str_glob(p, host));
	}
	return yes;
}

static bool matches(const struct config *c, int at, const char *host)
{
	for (; at >= 0; at = c->blocks[at].outer)
		if (!block_matches(&c->blocks[at], host))
			return false;
	return true;
}

static void values_of(const char *out[KEY_COUNT], const struct config *c, const char *host)
{
	int block = -1; /* settings of one block stand together */
	bool counts = false;

	for (size_t i = 0; i < c->setting_count; i++) {
		const struct setting *s = &c->settings[i];

		if (out[s->key])
			continue;
		if (s->block != block) {
			block = s->block;
			counts = matches(c, block, host);
		}
		if (counts)
			out[s->key] = s->value;
	}
}

/* HostName knows %h, the name that was given, and %%. */
static char *host_name(const char *pattern, const char *host)
{
	struct buf b = {0};

	for (const char *p = pattern; *p; p++) {
		if (p[0] == '%' && p[1] == 'h') {
			buf_adds(&b, host);
			p++;
		} else {
			buf_addc(&b, *p);
			p += p[0] == '%' && p[1] == '%';
		}
	}
	return buf_take(&b);
}

static void add_host(struct found_hosts *out, const struct config *c, const struct declared *d)
{
	const char *v[KEY_COUNT] = {NULL};
	char *address;
	struct found_host *h;

	values_of(v, c, d->name);
	if (str_eq(v[KEY_USER], "git")) {
		strs_addf(&out->left_out,
			"%s:%d:%d: %.64s: the login git is for repositories, it runs no commands",
			d->file, d->line, d->col, d->name);
		return;
	}
	address = v[KEY_HOST] ? host_name(v[KEY_HOST], d->name) : NULL;
	h = found_add(out, &(struct found_raw){.file = d->file,
				   .line = d->line,
				   .col = d->col,
				   .name = d->name,
				   .address = address,
				   .port = v[KEY_PORT],
				   .user = v[KEY_USER]});
	for (int k = KEY_JUMP; h && k <= KEY_COMMAND; k++)
		if (v[k] && strcasecmp(v[k], "none") != 0)
			strs_addf(&h->notes,
				"%s %.80s is not taken over: opsdeck connects directly", keys[k],
				v[k]);
	free(address);
}

int ssh_config_hosts(struct found_hosts *out, const char *text, size_t n, const char *name,
	ssh_include_fn *include_fn, void *arg, struct err *e)
{
	struct config c = {.left_out = &out->left_out, .include = include_fn, .arg = arg, .e = e};
	int rc = read_text(&c, text, n, name, new_block(&c, -1), 0);

	for (size_t i = 0; !rc && i < c.host_count; i++)
		add_host(out, &c, &c.hosts[i]);
	config_finish(&c);
	return rc;
}
