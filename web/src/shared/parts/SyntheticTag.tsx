import { useEffect } from 'preact/hooks';
import { answerIn, question } from '../question';
import { type District, fetchDistrict } from '../territory_api';
import { sharedWords } from '../words';
import './panel.css';

const theDistrict = question<District>((_, stop) => fetchDistrict(stop));

/** Says that the district is invented, on pages that do not otherwise ask about it. */
export function SyntheticTag() {
  const t = sharedWords();
  useEffect(() => void theDistrict.put(), []);
  if (!answerIn(theDistrict.asked.value)?.synthetic) return null;
  return (
    <span class="tag tag--warning" title={t.syntheticHint}>
      {t.synthetic}
    </span>
  );
}
