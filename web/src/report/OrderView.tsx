import { useEffect } from 'preact/hooks';
import { language, nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Shown } from '../shared/parts/States';
import { AskForm } from './AskForm';
import { type Service, theForm } from './api';
import { change, clearDraft, draft } from './draft';
import { reportWords } from './words';

/** What can be ordered, with steps and what to have ready; then the same form as everything else. */
export function OrderView() {
  const t = reportWords();
  useEffect(() => {
    if (draft.value.kind !== 'order') clearDraft('order');
  }, []);
  if (draft.value.kind === 'order' && draft.value.service) {
    return (
      <>
        <Button icon="chevron-left" look="quiet" onClick={() => change({ service: '' })}>
          {t.services}
        </Button>
        <AskForm kind="order" />
      </>
    );
  }
  return (
    <>
      <h1 tabIndex={-1}>{t.services}</h1>
      <Shown asked={theForm.asked.value} retry={() => void theForm.put()} skeletonLines={8}>
        {form => (
          <ul class="cards">
            {form.services.map(service => (
              <li key={service.id}>
                <ServiceCard service={service} />
              </li>
            ))}
          </ul>
        )}
      </Shown>
    </>
  );
}

function ServiceCard({ service }: { service: Service }) {
  const t = reportWords();
  const english = language.value === 'en';
  return (
    <article class="card">
      <h2>{nameOf(service)}</h2>
      <p>{english ? service.about_en : service.about}</p>
      <h3>{t.steps}</h3>
      <ol class="steps">
        {(english ? service.steps_en : service.steps).map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <h3>{t.materials}</h3>
      <ul class="dots">
        {(english ? service.materials_en : service.materials).map(thing => (
          <li key={thing}>{thing}</li>
        ))}
      </ul>
      <p>
        <strong>{t.fee}</strong> {english ? service.fee_en : service.fee}
      </p>
      <Button look="primary" onClick={() => change({ kind: 'order', service: service.id })}>
        {t.orderThis}
      </Button>
    </article>
  );
}
