/*
 * The texts of a recorded change: the commit's message and changes/YYYY/ID.yml. Knows no git.
 */
#ifndef OPSDECK_FLOW_RECORD_TEXT_H
#define OPSDECK_FLOW_RECORD_TEXT_H

struct buf;
struct record_spec;

/* Subject, the operator's words, trailers. Lines of the words that git or a reader could take for
 * one of our trailers, or for the end of the message, get "> " before them. */
void record_message(struct buf *out, const struct record_spec *spec);

/* The record as YAML. It depends on the spec's plan, decision and outcome alone, so that the same
 * change gives the same bytes again. */
void record_yaml(struct buf *out, const struct record_spec *spec);

/* "changes/2026/P-12.yml", the year (UTC) of the decision; heap. */
char *record_path(const struct record_spec *spec);

#endif
