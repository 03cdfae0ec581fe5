import { useEffect, useState } from 'preact/hooks';
import { ask, Problem } from '../api';
import { may } from '../session';
import { sharedWords } from '../words';
import { Button } from './Button';
import { say } from './Toast';

interface CaseContact {
  name: string | null;
  phone: string | null;
  address: string | null;
  visit: { day: string; slot: string } | null;
}

/** How whoever reported a case can be reached: for whoever handles it, on demand, and every look is recorded. */
export function Contact({ caseId, source }: { caseId: string; source: string }) {
  const t = sharedWords().contact;
  const [contact, setContact] = useState<CaseContact | null>(null);
  useEffect(() => setContact(null), [caseId]);
  if (source !== 'resident' || !may('view_contacts')) return null;
  const look = async () => {
    try {
      setContact(await ask<CaseContact>(`/cases/${caseId}/contact`));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(error.detail || error.title);
    }
  };
  if (!contact) {
    return (
      <Button icon="phone" title={t.recorded} onClick={() => void look()}>
        {t.show}
      </Button>
    );
  }
  if (!contact.phone) return <p class="quiet">{t.none}</p>;
  return (
    <p role="status">
      {contact.name} · <a href={`tel:${contact.phone.replaceAll(' ', '')}`}>{contact.phone}</a>
      {contact.address && ` · ${contact.address}`}
      {contact.visit && ` · ${t.visit(`${contact.visit.day} ${contact.visit.slot}`)}`}
    </p>
  );
}
