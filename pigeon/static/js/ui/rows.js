/* Rows of a list, some of which are on their way out. */

/** The row that is seen after this one, else before it: where the focus goes when it leaves. */
export function neighbourOf(row) {
  const rows = [...row.parentElement.children].filter((other) => other === row || !other.hidden);
  const at = rows.indexOf(row);
  return rows[at + 1] ?? rows[at - 1];
}
