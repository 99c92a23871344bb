use crate::steps::*;
use crate::*;
use duologue_e2e::{Scene, server::Server};
pairs!(scratch_call, Heavy, { chromium: Chromium });
async fn scratch_call(scene: &Scene, with: Kind) -> Result<()> {
    let server = Server::start().await?;
    let first = scene.person(with, "x").await?;
    for i in 0..6 {
        let ana = first.beside("Ana").await?;
        ana.goto(&format!("{}?name=Ana#/r/scratch-{i}", server.page()))
            .await?;
        tokio::time::sleep(std::time::Duration::from_millis(800)).await;
        ana.press("Join call").await?;
        in_call(&ana).await?;
        let ben = first.beside("Ben").await?;
        ben.goto(&format!("{}?name=Ben#/r/scratch-{i}", server.page()))
            .await?;
        tokio::time::sleep(std::time::Duration::from_millis(800)).await;
        ben.press("Join call").await?;
        tokio::time::sleep(std::time::Duration::from_millis(4000)).await;
        for p in [&ana, &ben] {
            let log: Vec<String> = p.script("return window.__log", vec![]).await?;
            let m = p.marks().await?;
            println!("==== {i} {} {m:?}", p.label);
            for l in log.iter().take(90) {
                println!("  {l}");
            }
        }
        ana.close_tab().await?;
        ben.close_tab().await?;
    }
    Ok(())
}
