/* Numbers as the server's filter `compact` says them: 1,234 · 12.3K · 1.2M; in Korean 1,234 · 1.2만 · 1.2억. */

const STEPS = {
  ko: [[100_000_000, 100_000_000, "억"], [10_000, 10_000, "만"]],
  en: [[1_000_000, 1_000_000, "M"], [10_000, 1_000, "K"]],
};

export function compact(number) {
  const steps = STEPS[document.documentElement.lang] ?? STEPS.en;
  const step = steps.find(([least]) => number >= least);
  return step ? `${Math.floor((number * 10) / step[1]) / 10}${step[2]}` : exact(number);
}

export const exact = (number) => number.toLocaleString("en");
